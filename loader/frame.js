// The widget in a frame with our own page, `/embed`: the host page's side. docs/embedding.md has the messages.

import { HOST_ID, keepAttached } from './attach.js';
import { createClient } from './client.js';
import { failure } from './errors.js';
import { unreachable } from './fetch-part.js';

const ALLOW =
  'camera; microphone; display-capture; autoplay; fullscreen; picture-in-picture; speaker-selection; clipboard-write; screen-wake-lock';

/** How long the page in the frame may take to answer. */
const PATIENCE_MS = 15000;

const SMALL_SCREEN = '(max-width: 768px), (max-height: 450px)';

const FUNCTIONS = ['userDetailsProvider', 'userDetailsFormatter'];

export function open(options, place, onEvent) {
  const given = options.iframe === true ? null : options.iframe;
  const frame = given || document.createElement('iframe');
  const page = place.serverUrl + '/embed';
  const data = sendable(options);
  const small = matchMedia(SMALL_SCREEN);
  const waiting = {};
  let port = null;
  let lastId = 0;
  let mirror = {};
  let size = { width: 0, height: 0 };
  let state = null;
  let created = false;
  let settle;
  let timer;

  const ready = new Promise((resolve, reject) => {
    settle = resolve;
    timer = setTimeout(() => {
      const reason = page + ' did not answer. Does the server allow ' + location.origin + ' to embed it?';
      reject(unreachable(reason));
    }, PATIENCE_MS);
  });

  /** A port for this very document of this very origin; whoever else is in the frame never sees it. */
  function offer() {
    if (!frame.contentWindow) return;
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => receive(channel.port1, event.data);
    const target = given && given.src ? new URL(given.src, location.href).origin : place.origin;
    frame.contentWindow.postMessage({ type: 'bandyer:connect', version: 1 }, target, [channel.port2]);
  }

  function receive(from, message) {
    if (message.hello) connected(from);
    else if (from !== port) return;
    else if (message.id) answered(message);
    else if (message.ask) ask(message);
    else if (message.mirror) mirror = message.mirror;
    else if (message.size) {
      size = message.size;
      fit();
    } else if (message.event) {
      if (message.event === 'bandyer:state') state = message.data;
      onEvent(message.event, message.data);
    }
  }

  /** Moving a frame in the document loads it anew: then the session is made again, as the user left it. */
  function connected(from) {
    if (port) port.close();
    port = from;
    clearTimeout(timer);
    for (const id in waiting) waiting[id].reject(failure('Error', 'The frame was loaded again'));
    settle();
    if (!created) return;
    const before = state;
    call('create', [data])
      .then(() => before && before.expanded && call('openWidget', []))
      .catch(() => onEvent('bandyer:unmounted'));
  }

  function answered(message) {
    const one = waiting[message.id];
    delete waiting[message.id];
    if (!one) return;
    if ('error' in message) one.reject(message.error);
    else one.resolve(message.value);
  }

  /** The page in the frame wants a function of the options called. */
  function ask(message) {
    new Promise((resolve) => resolve(options[message.name].apply(null, message.args))).then(
      (value) => port.postMessage({ answer: message.ask, value: JSON.parse(JSON.stringify(value === undefined ? null : value)) }),
    ).catch((error) => port.postMessage({ answer: message.ask, error: String(error) }));
  }

  function call(name, args) {
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting[id] = { resolve, reject };
      port.postMessage({ id, call: name, args });
    });
  }

  /** A frame of the host page's own keeps the size it has. */
  function fit() {
    if (given || options.container) return;
    const full = small.matches && size.height > 100;
    style(frame, { width: full ? '100%' : size.width + 'px', height: full ? '100%' : size.height + 'px' });
  }

  let release = () => {};
  frame.addEventListener('load', offer);
  if (!given) {
    frame.id = HOST_ID;
    frame.title = 'Chat';
    frame.allow = ALLOW;
    frame.src = page;
    style(frame, options.container ? INSIDE : AT_THE_EDGE);
    small.addEventListener('change', fit);
    fit();
    release = keepAttached(frame, options.container).release;
  } else if (!given.src) {
    given.allow = given.allow || ALLOW;
    given.src = page;
  } else if (loaded(given)) {
    offer();
  }

  return {
    ready,
    create: () => call('create', [data]).then((value) => ((created = true), value)),
    call(name, args) {
      if (name === 'updateAccessToken') data.accessToken = args[0];
      return call(name, args);
    },
    read: (name) => (name in mirror ? structuredClone(mirror[name]) : /Message(Received|Sent)$/.test(name) ? null : []),
    close() {
      clearTimeout(timer);
      frame.removeEventListener('load', offer);
      small.removeEventListener('change', fit);
      if (port) {
        port.postMessage({ bye: true });
        port.close();
      }
      release();
    },
  };
}

const INSIDE = { border: '0', width: '100%', height: '100%', display: 'block', 'color-scheme': 'normal' };
const AT_THE_EDGE = {
  all: 'initial',
  border: '0',
  position: 'fixed',
  right: '0',
  bottom: '0',
  'max-width': '100%',
  'max-height': '100%',
  'z-index': '2147483000',
  // A scheme of its own would make the frame's canvas opaque.
  'color-scheme': 'normal',
};

/** Inline and important: what the page's own sheets say about frames does not count. */
function style(element, properties) {
  for (const name in properties) element.style.setProperty(name, properties[name], 'important');
}

/** Functions stay here; the frame is told which there are. Elements do not travel. */
function sendable(options) {
  const data = {};
  for (const name in options) {
    if (name !== 'container' && name !== 'iframe' && name !== 'serverUrl') data[name] = options[name];
  }
  FUNCTIONS.forEach((name) => (data[name] = !!options[name]));
  return data;
}

/** True when the frame's own page, and not the empty one before it, is there. */
function loaded(frame) {
  try {
    return frame.contentDocument === null || frame.contentDocument.URL !== 'about:blank';
  } catch (_) {
    return true;
  }
}

document.addEventListener('bandyer-chat-widget:wanted', (event) => {
  if (event.detail.url === import.meta.url) event.detail.take({ open, createClient });
});
