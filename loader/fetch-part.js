// Brings the rest of the widget here. `import()` would be a syntax error in browsers that deserve a rejection, so a
// part comes as a module script and is asked for over an event that leaves no global behind.

import { failure } from './errors.js';

/** The widget in the page: what wasm-bindgen generated, and page.js. */
export const PAGE = 'bandyer_chat_widget.js';
/** The widget in a frame: frame.js. */
export const FRAME = 'bandyer_frame.js';
const WASM = 'bandyer_chat_widget_bg.wasm';

const attempts = {};
let policy = null;

export function unreachable(reason) {
  const code = 'socket_communication_center_server_not_reachable';
  return failure('ServerInternalError', code, { code, reason });
}

/** A page that knows it will need the widget can have it loaded early: `data-preload` on the script element. */
export function preload(place) {
  hint('modulepreload', place.base + PAGE, place.nonce);
  hint('preload', place.base + WASM).as = 'fetch';
}

function hint(rel, href, nonce) {
  const link = document.createElement('link');
  link.rel = rel;
  link.crossOrigin = 'anonymous';
  if (nonce) link.nonce = nonce;
  link.href = href;
  return document.head.appendChild(link);
}

/** @returns {Promise<Response>} a failure is said by whoever compiles it */
export function fetchWasm(place) {
  const wasm = fetch(place.base + WASM);
  wasm.catch(() => {});
  return wasm;
}

/** @returns {Promise<{open: Function, createClient: Function}>} */
export function fetchPart(place, name) {
  return new Promise((resolve, reject) => {
    // A browser remembers that a module failed: another address makes it try again.
    const url = place.base + name + (attempts[name] ? '?' + attempts[name] : '');
    const script = document.createElement('script');
    const done = () => script.parentNode && script.parentNode.removeChild(script);
    const fail = (why) => reject(unreachable(url + ' ' + why));
    script.type = 'module';
    script.crossOrigin = 'anonymous';
    if (place.nonce) script.nonce = place.nonce;
    script.onload = () => {
      done();
      document.dispatchEvent(new CustomEvent('bandyer-chat-widget:wanted', { detail: { url, take: resolve } }));
      fail('is not what was expected');
    };
    script.onerror = () => {
      done();
      attempts[name] = (attempts[name] || 0) + 1;
      fail('does not load');
    };
    script.src = trusted(url);
    (document.head || document.documentElement).appendChild(script);
  });
}

/** Pages that require trusted types want to hear from a policy, not from a string. */
function trusted(url) {
  if (typeof trustedTypes === 'undefined') return url;
  policy = policy || trustedTypes.createPolicy('bandyer-chat-widget', { createScriptURL: (own) => own });
  return policy.createScriptURL(url);
}
