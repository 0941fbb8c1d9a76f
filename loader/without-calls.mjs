// The widget's module as it would be without calls: the bodies of their functions emptied, so that wasm-opt drops what
// nobody else uses. It does not run; it is for weighing.

/** Where calls live in the widget, in core and in the protocol: functions with such a path in their name. */
const ROOMS = [
  'bandyer_protocol::call', 'bandyer_core::calls', 'bandyer_chat_widget::tracks',
  ...['call_window', 'media', 'rtc_agent', 'screen_extension', 'tones'].map((room) => `bandyer_chat_widget::services::${room}`),
  ...['call_view', 'call_window', 'call_buttons', 'call_failure', 'dial_view', 'feedback'].map((room) => `bandyer_chat_widget::components::${room}`),
];

const roomOf = (name) => ROOMS.find((room) => name.includes(room));

const CODE = 10;
const EMPTY = [3, 0, 0x00, 0x0b]; // three bytes: no locals, `unreachable`, `end`

class Reader {
  constructor(bytes, at = 0) { Object.assign(this, { bytes, at }); }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return bytes;
}

function sections(bytes) {
  const reader = new Reader(bytes, 8);
  const found = [];
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.bytes[reader.at++];
    const length = reader.number();
    found.push({ id, start, body: reader.at, end: (reader.at += length) });
  }
  return found;
}

/** Names of functions by their index. */
function names(bytes, all) {
  for (const { id, body, end } of all) {
    const reader = new Reader(bytes, body);
    if (id !== 0 || reader.text() !== 'name') continue;
    while (reader.at < end) {
      const kind = bytes[reader.at++];
      const stop = reader.number() + reader.at;
      if (kind === 1) return new Map(Array.from({ length: reader.number() }, () => [reader.number(), reader.text()]));
      reader.at = stop;
    }
  }
  throw new Error('the module has no names');
}

/** How many functions are imported: they come first in the count. */
function imported(bytes, all) {
  const section = all.find(({ id }) => id === 2);
  if (!section) return 0;
  const reader = new Reader(bytes, section.body);
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.text();
    reader.text();
    const kind = bytes[reader.at++];
    if (kind === 0) functions += 1;
    if (kind === 0 || kind === 4) { if (kind === 4) reader.at += 1; reader.number(); continue; }
    if (kind === 3) { reader.at += 2; continue; }
    if (kind === 1) reader.at += 1;
    const limits = bytes[reader.at++];
    reader.number();
    if (limits & 1) reader.number();
  }
  return functions;
}

/** `{module, count, bytes}`: without calls, how many functions that were, and how long their bodies. */
export function withoutCalls(bytes) {
  const all = sections(bytes);
  const [called, first] = [names(bytes, all), imported(bytes, all)];
  const code = all.find(({ id }) => id === CODE);
  const reader = new Reader(bytes, code.body);
  const count = reader.number();
  const bodies = [];
  const dropped = { count: 0, bytes: 0 };
  const empty = new Set(ROOMS);
  for (let index = 0; index < count; index += 1) {
    const start = reader.at;
    const length = reader.number();
    reader.at += length;
    const room = roomOf(called.get(first + index) ?? '');
    if (room) {
      empty.delete(room);
      dropped.count += 1;
      dropped.bytes += length;
      bodies.push(Uint8Array.from(EMPTY));
    } else bodies.push(bytes.subarray(start, reader.at));
  }
  if (empty.size > 0) throw new Error(`no function lives in ${[...empty].join(', ')}: where have calls gone?`);
  const body = Buffer.concat([Uint8Array.from(number(count)), ...bodies]);
  const module = Buffer.concat([bytes.subarray(0, code.start), Uint8Array.from([CODE, ...number(body.length)]), body, bytes.subarray(code.end)]);
  return { module, ...dropped };
}
