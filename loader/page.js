// The widget in the host page itself, in an open shadow root.

import { HOST_ID, keepAttached } from './attach.js';
import { callWindow } from './call-window.js';
import { watchCover } from './cover.js';
import { rethrow } from './errors.js';
import { WASM, unreachable } from './fetch-part.js';

/**
 * @param glue what wasm-bindgen generated
 * @param {(name: string, data: unknown) => void} onEvent
 * @param {Promise<Response>} wasm
 * @returns the widget as the session uses it; `frame.js` has the same face
 */
export function openInPage(glue, options, place, onEvent, wasm) {
  const host = document.createElement('div');
  let widget = null;
  let closed = false;
  host.id = HOST_ID;
  if (options.container) host.dataset.mode = 'contained';
  const cover = watchCover(host, (state, small) => state.full || (small && !options.container));
  const heard = (name, data) => {
    if (name === 'bandyer:state') cover.see(data);
    onEvent(name, data);
  };
  const { attached, release } = keepAttached(host, options.container);
  // The widget starts within this turn: a click that lets the page use the camera lasts no longer.
  const call = (name, args) => new Promise((resolve) => resolve(widget.call(name, args))).catch(rethrow);
  return {
    ready: Promise.all([start(glue, place, wasm), attached])
      .then(() => {
        if (closed) return;
        const { serverUrl } = place;
        const env = { serverUrl, framed: false, callWindow: callWindow(options, serverUrl), desk: glue.desk };
        widget = glue.mount(host, options, env, heard);
      })
      .catch(rethrow),
    create: () => call('create', []),
    call,
    read: (name) => widget.read(name),
    close() {
      closed = true;
      cover.release();
      release();
      widget?.destroy();
    },
  };
}

let started = null;
let tries = 0;

/** Once per page; a WebAssembly that did not arrive may be asked for again. */
function start(glue, place, wasm) {
  started ??= glue.default({ module_or_path: tries++ ? place.base + WASM : wasm }).catch((cause) => {
    started = null;
    throw unreachable(`The widget's WebAssembly does not start: ${cause}`);
  });
  return started;
}
