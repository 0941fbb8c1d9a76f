// The page inside the frame: takes one port from a page that may embed us, and is the widget's face to it.

import { check } from './arguments.js';
import { HOST_ID } from './attach.js';
import { callWindow } from './call-window.js';
import { failure } from './errors.js';
import { METHODS, OF_CALLS, READS, SWITCHES, least } from './methods.js';
import { checked } from './options.js';
import { VERSION } from './place.js';
import { mayCompile, supportsWidget } from './support.js';

const PROTOCOL = 1;
const CLOSED = { width: 100, height: 100, open: false };
const OPEN = { width: 370, height: 576, open: true };
const CALL = { width: 490, height: 576, open: true };
const FULL = { width: 490, height: 576, open: true, full: true };
const NOTHING = { width: 0, height: 0, open: false };

/** The page that embeds us, once it has said hello. */
let parentPort = null;
let widget = null;
let lastAsk = 0;
let sent = '';
let scheduled = null;
const asked = new Map();

addEventListener('message', (event) => {
  const { data, origin, source, ports } = event;
  if (source !== parent || parent === window || !data || data.type !== 'bandyer:connect' || !ports[0]) return;
  if (!mayEmbed(origin)) {
    console.error(`${origin} may not embed this page: add it to the allowed origins of the server`);
    return;
  }
  if (parentPort) return;
  if (data.version !== PROTOCOL) {
    console.error(`the page that embeds this one speaks version ${data.version}, not ${PROTOCOL}`);
    return;
  }
  parentPort = ports[0];
  parentPort.onmessage = (message) => heard(message.data);
  parentPort.postMessage({ hello: PROTOCOL, version: VERSION });
});

/** Exactly one of the origins the server names; `null`, the origin of sandboxed pages, is never one. */
function mayEmbed(origin) {
  const list = document.querySelector('meta[name="bandyer-parents"]')?.content ?? '';
  return origin !== 'null' && list.split(/\s+/).includes(origin);
}

function heard(message) {
  if (message.bye) leave();
  else if (message.answer) answered(message);
  else if (message.id && message.call) {
    call(message.call, message.args ?? [])
      .then((value) => ({ value }), (error) => ({ error: plain(error) }))
      .then((outcome) => {
        // First what the getters see, then the word that it is so.
        sendMirror();
        parentPort?.postMessage({ id: message.id, ...outcome });
      });
  }
}

async function call(name, args) {
  if (name === 'create') return create(args[0]);
  if (!widget) throw failure('BandyerChatWidgetNotAuthenticated', 'The widget is not initialised: call create first');
  if (Object.hasOwn(METHODS, name)) {
    if (METHODS[name]) check(args, METHODS[name], least(name));
  } else if (name !== 'logout' && name !== 'setExtensionUrl' && !OF_CALLS.includes(name) && !SWITCHES.includes(name)) {
    throw failure('Error', `no method ${name}`);
  }
  const value = await widget.call(name, args);
  if (name === 'logout') close();
  return value;
}

async function create(config) {
  if (widget) throw failure('Error', 'WIDGET_INSTANCE_ALREADY_INITIATED');
  const options = checked({
    ...config,
    userDetailsProvider: config?.userDetailsProvider && ((aliases) => ask('userDetailsProvider', [aliases])),
    userDetailsFormatter: config?.userDetailsFormatter && ((user) => ask('userDetailsFormatter', [user])),
  });
  if (!supportsWidget() || !mayCompile()) throw failure('Error', 'browser_not_supported');
  const glue = await import('./bandyer_chat_widget.js');
  await glue.default({ module_or_path: new URL('./bandyer_chat_widget_bg.wasm', import.meta.url) });
  const host = document.createElement('div');
  host.id = HOST_ID;
  host.dataset.mode = 'framed';
  if (!config.grows) host.dataset.placed = '';
  document.body.append(host);
  const env = { serverUrl: serverUrl(), framed: true, callWindow: callWindow(options, serverUrl()), desk: glue.desk };
  widget = glue.mount(host, options, env, onEvent);
  try {
    return await widget.call('create', []);
  } catch (error) {
    close();
    throw error;
  }
}

/** This page is `<server>/embed`. */
function serverUrl() {
  return location.origin + location.pathname.replace(/\/embed\/?$/, '');
}

function onEvent(name, data) {
  // A listener that asks a getter hears what belongs to the event.
  if (name.startsWith('bandyer:')) scheduleMirror();
  else sendMirror();
  if (name === 'bandyer:state') resize(data);
  // That something a getter shows has changed is for the mirror only.
  if (name !== 'bandyer:changed') parentPort?.postMessage({ event: name, data });
  if (name === 'bandyer:unmounted') close();
  // Its WebAssembly cannot be used again; a page loaded anew has a fresh one.
  if (name === 'bandyer:broken') location.reload();
}

function resize({ shown, expanded, calling, full }) {
  const open = full ? FULL : calling ? CALL : OPEN;
  parentPort?.postMessage({ size: !shown ? NOTHING : expanded ? open : CLOSED });
}

/** Once per turn, however much has happened in it. */
function scheduleMirror() {
  scheduled ??= Promise.resolve().then(sendMirror);
}

/** What the synchronous getters of the host page answer from; sent when it changed. */
function sendMirror() {
  scheduled = null;
  if (!widget || !parentPort) return;
  let mirror = {};
  try {
    for (const name of READS) mirror[name] = widget.read(name);
  } catch {
    mirror = {};
  }
  const now = JSON.stringify(mirror);
  if (now !== sent) parentPort.postMessage({ mirror });
  sent = now;
}

/** A function of the options lives in the host page. */
function ask(name, args) {
  return new Promise((resolve, reject) => {
    asked.set(++lastAsk, { resolve, reject });
    parentPort.postMessage({ ask: lastAsk, name, args });
  });
}

function answered({ answer, value, error }) {
  const one = asked.get(answer);
  asked.delete(answer);
  if (error === undefined) one?.resolve(value);
  else one?.reject(new Error(error));
}

function close() {
  widget?.destroy();
  widget = null;
  sent = '';
  document.getElementById(HOST_ID)?.remove();
  parentPort?.postMessage({ size: NOTHING });
}

/** The page around us let go; another one of its scripts may come later. */
function leave() {
  close();
  parentPort?.close();
  parentPort = null;
  asked.clear();
}

/** Errors lose their own keys on the way through a port. */
function plain(error) {
  if (!(error instanceof Error)) return error;
  return { ...error, name: error.name, message: error.message };
}
