// Brings the rest of the widget here. `import()` would be a syntax error in browsers that deserve a rejection, so a
// part comes as a module script and is asked for over an event that leaves no global behind.

import { failure } from './errors.js';

/** The widget in the page: what wasm-bindgen generated, and page.js. */
export const PAGE = 'bandyer_chat_widget.js';
/** The widget in a frame: frame.js. */
export const FRAME = 'bandyer_frame.js';
export const WASM = 'bandyer_chat_widget_bg.wasm';

const parts = {};
let attempts = 0;
let policy = null;

export function unreachable(reason) {
  const code = 'socket_communication_center_server_not_reachable';
  return failure('ServerInternalError', code, { code, reason });
}

/**
 * Once per page, until {@link forget}.
 * @returns {Promise<{open: Function, createClient: Function, wasm?: Promise<Response>}>}
 */
export function fetchPart(place, name) {
  if (!parts[name]) {
    // Both at once. That it failed is said by whoever compiles it.
    const wasm = name === PAGE && fetch(place.base + WASM);
    if (wasm) wasm.catch(() => {});
    parts[name] = fetchModule(place, name).then((part) => {
      part.wasm = wasm;
      return part;
    });
    parts[name].catch(() => forget(name));
  }
  return parts[name];
}

/** The next one asks the network again: a browser remembers that a module failed, or that it ran. */
export function forget(name) {
  delete parts[name];
  attempts++;
}

function fetchModule(place, name) {
  return new Promise((resolve, reject) => {
    const url = place.base + name + (attempts ? '?' + attempts : '');
    const script = document.createElement('script');
    script.type = 'module';
    script.crossOrigin = 'anonymous';
    if (place.nonce) script.nonce = place.nonce;
    script.onload = script.onerror = (event) => {
      if (script.parentNode) script.parentNode.removeChild(script);
      document.dispatchEvent(new CustomEvent('bandyer-chat-widget:wanted', { detail: { url, take: resolve } }));
      reject(unreachable(url + ': ' + event.type));
    };
    script.src = trusted(url);
    document.head.appendChild(script);
  });
}

/** Pages that require trusted types want to hear from a policy, not from a string. */
function trusted(url) {
  if (typeof trustedTypes === 'undefined') return url;
  policy = policy || trustedTypes.createPolicy('bandyer-chat-widget', { createScriptURL: (own) => own });
  return policy.createScriptURL(url);
}
