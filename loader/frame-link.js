// The messages between the host page and the page in the frame: calls and their answers, events, the copy of the state
// that the synchronous getters read, and the host page's own functions.

import { failure, rethrow } from './errors.js';
import { isOwn, plain } from './own.js';

const PROTOCOL = 1;
const FUNCTIONS = ['userDetailsProvider', 'userDetailsFormatter'];

export class Link {
  /** @param {(size: object) => void} fit called when the widget needs another size */
  constructor(options, onEvent, fit) {
    Object.assign(this, { options, onEvent, fit });
    this.data = sendable(options);
    this.onHello = () => {};
    this.port = null;
    this.offered = [];
    this.waiting = new Map();
    this.lastId = 0;
    this.mirror = {};
    this.state = null;
    this.created = false;
    this.rejoining = null;
  }

  /** A port for this very document of this very origin; whoever else is in the frame never sees it. */
  offer(target, origin) {
    if (!target || !isThere(target)) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => this.receive(port1, event.data);
    this.offered.push(port1);
    target.postMessage({ type: 'bandyer:connect', version: PROTOCOL }, origin, [port2]);
  }

  receive(from, message) {
    const says = (key) => isOwn(message, key);
    if (says('hello')) this.connected(from);
    else if (from !== this.port) return;
    else if (says('id')) this.answered(message);
    else if (says('ask')) this.ask(message);
    else if (says('mirror')) this.mirror = message.mirror;
    else if (says('size')) this.fit(message.size);
    else if (says('event')) this.happened(message.event, says('data') ? message.data : undefined);
  }

  /** Moving a frame in the document loads it anew: then the session is made again, as the user left it. */
  connected(from) {
    for (const port of this.offered) if (port !== from) port.close();
    this.offered = [];
    this.port?.close();
    this.port = from;
    for (const one of this.waiting.values()) one.reject(failure('Error', 'The frame was loaded again'));
    this.waiting.clear();
    this.onHello();
    if (!this.created) return;
    const before = this.state;
    this.rejoining = this.post('create', [{ ...this.data, hidden: !before?.shown }])
      .then(() => (before?.expanded ? this.post('openWidget', []) : undefined))
      .then(() => {
        this.rejoining = null;
        this.onEvent('bandyer:state', this.state);
      })
      .catch(() => this.onEvent('bandyer:unmounted'));
  }

  happened(name, data) {
    if (name === 'bandyer:state') {
      this.state = data;
      // To the host page the session goes on.
      if (this.rejoining) return;
    }
    this.onEvent(name, data);
  }

  create() {
    return this.post('create', [this.data]).then((value) => {
      this.created = true;
      return value;
    });
  }

  async call(name, args) {
    if (this.rejoining) await this.rejoining;
    if (name === 'updateAccessToken') this.data.accessToken = args[0];
    return this.post(name, args);
  }

  post(name, args) {
    return new Promise((resolve, reject) => {
      this.waiting.set(++this.lastId, { resolve, reject });
      this.port.postMessage({ id: this.lastId, call: name, args });
    }).catch(rethrow);
  }

  answered(message) {
    const one = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (isOwn(message, 'error')) one?.reject(message.error);
    else one?.resolve(isOwn(message, 'value') ? message.value : undefined);
  }

  /** The page in the frame wants a function of the options called. */
  async ask({ ask, name, args }) {
    const { port } = this;
    try {
      const value = await this.options[name](...args);
      port.postMessage({ answer: ask, value: plain(value ?? null) });
    } catch (error) {
      port.postMessage({ answer: ask, error: String(error) });
    }
  }

  /** A copy each time: what the host page does with it stays there. */
  read(name) {
    if (isOwn(this.mirror, name)) return structuredClone(this.mirror[name]);
    return name.startsWith('getLast') ? null : [];
  }

  close() {
    for (const port of this.offered) port.close();
    this.port?.postMessage({ bye: true });
    this.port?.close();
    for (const one of this.waiting.values()) one.reject(failure('Error', 'The widget is gone'));
  }
}

/** Functions stay here; the frame is told which there are. Elements do not travel. */
function sendable(options) {
  const { container, iframe, serverUrl, ...data } = options;
  for (const name of FUNCTIONS) data[name] = !!options[name];
  // A frame with a place of its own cannot grow to the size of the page.
  data.grows = !container && typeof iframe !== 'object';
  return data;
}

/** False for the empty page that a frame has before its own: a message to that one is lost, and complained about. */
function isThere(target) {
  try {
    return target.location.href !== 'about:blank';
  } catch {
    // Of another origin: it is.
    return true;
  }
}
