// The widget in the host page itself, in an open shadow root.

import { HOST_ID, keepAttached } from './attach.js';
import { unreachable } from './fetch-part.js';

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
  if (options.container) host.setAttribute('data-mode', 'contained');
  const { attached, release } = keepAttached(host, options.container);
  // The widget starts within this turn: a click that lets the page use the camera lasts no longer.
  const call = (name, args) => new Promise((resolve) => resolve(widget.call(name, args)));
  return {
    ready: Promise.all([started(glue, wasm), attached]).then(() => {
      if (!closed) widget = glue.mount(host, options, { serverUrl: place.serverUrl, framed: false }, onEvent);
    }),
    create: () => call('create', []),
    call,
    read: (name) => widget.read(name),
    close() {
      closed = true;
      if (widget) widget.destroy();
      release();
    },
  };
}

let start = null;

/** Once per page; a wasm that did not arrive may be asked for again. */
function started(glue, wasm) {
  start ??= glue.default({ module_or_path: wasm }).catch((cause) => {
    start = null;
    throw unreachable(`The widget's WebAssembly does not start: ${cause}`);
  });
  return start;
}
