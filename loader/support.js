// Whether this browser can run the widget. Everything up to here is ES5: an old browser gets a rejection of create(),
// never a script error.

/** A module that uses reference types and a bulk table instruction, as the widget's does. */
const probe = () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 4, 4, 1, 111, 0, 0, 10, 13, 1, 11, 0, 65, 0, 208, 111, 65, 0, 252, 17, 0, 11]);

/** The page around a frame needs little more than ports; this is the newest of what it uses. */
export function supportsFrames() {
  return 'structuredClone' in window;
}

export function supportsWidget() {
  return (
    supportsFrames() &&
    window.WebAssembly &&
    'adoptedStyleSheets' in Document.prototype &&
    CSSStyleSheet.prototype.replaceSync &&
    WebAssembly.validate(probe())
  );
}

/** Nothing where the page's content security policy forbids WebAssembly: then only a frame can run it. WebKit compiles, and refuses to run. */
export function mayCompile() {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(probe()));
  } catch (_) {}
}
