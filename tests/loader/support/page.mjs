// A page without a browser: just enough of a document for the real, minified loader to run in, and a made-up widget
// behind it. What a browser does with it is covered by the end-to-end tests.

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';
import { bundle } from '../../../loader/build.mjs';
import { withCalls } from '../../../loader/call.js';
import { createClient } from '../../../loader/client.js';

export const folder = mkdtempSync(join(tmpdir(), 'bandyer-loader-'));
await bundle(folder, { minify: true });
export const source = readFileSync(join(folder, 'bandyer-widget.min.js'), 'utf8');

export const SCRIPT = 'https://chat.example.com/widget/bandyer-widget.min.js';
export const good = { accessToken: 'jwt', environment: 'sandbox' };

/** What the loader sees of a widget: `answers` says what each method gives, `calls` what was called. */
function fakeWidget(page) {
  return {
    open(options, place, onEvent, wasm, session) {
      const widget = {
        options, place, closed: 0, calls: [],
        ready: page.ready?.() ?? Promise.resolve(),
        create: () => widget.call('create', []),
        call(name, args) {
          widget.calls.push([name, ...args]);
          const answer = page.answers[name];
          return new Promise((resolve) => resolve(typeof answer === 'function' ? answer(...args) : answer));
        },
        read: (name) => page.answers[name],
        close: () => widget.closed++,
      };
      page.widgets.push(widget);
      return withCalls((heard) => Object.assign(widget, { onEvent: heard }), onEvent, session);
    },
    createClient,
  };
}

/** @param {{attributes?: Record<string, string>, script?: string, without?: (window: object) => void, globals?: object}} [how] */
export function newPage({ attributes = {}, script = SCRIPT, without, globals = {} } = {}) {
  const page = { widgets: [], loaded: [], answers: { create: { userAlias: 'alice' } }, fetched: [], elements: {}, fail: false };
  const listeners = {};
  const head = {
    appendChild(element) {
      page.loaded.push(element.src ?? element.href);
      setTimeout(() => {
        if (page.fail) element.onerror({ type: 'error' });
        else element.onload({ type: 'load' });
      });
    },
  };
  class Document {}
  class CSSStyleSheet {}
  Object.assign(Document.prototype, { adoptedStyleSheets: [] });
  CSSStyleSheet.prototype.replaceSync = () => {};
  const document = Object.assign(new Document(), {
    head,
    currentScript: script && { src: script, nonce: 'n', getAttribute: (name) => attributes[name] ?? null },
    createElement: (name) => ({ tagName: name.toUpperCase() }),
    getElementById: (id) => page.elements[id] ?? null,
    addEventListener: (name, listener) => (listeners[name] = listener),
    dispatchEvent: (event) => page.fail || event.detail.take(fakeWidget(page)),
  });
  const window = {
    document, Document, CSSStyleSheet, URL, WebAssembly, structuredClone, setTimeout, clearTimeout, console, Uint8Array, Error, TypeError,
    location: new URL('https://www.example.com/page'),
    CustomEvent: class { constructor(type, init) { Object.assign(this, { type }, init); } },
    fetch: async (url) => (page.fetched.push(url), 'a response'),
    ...globals,
  };
  window.window = window;
  without?.(window);
  page.window = vm.createContext(window);
  page.run = () => vm.runInContext(source, page.window);
  page.run();
  page.api = window.BandyerChat;
  return page;
}

/** A page with an initialised widget. */
export async function livePage(options = {}, how = {}) {
  const page = newPage(how);
  page.client = await page.api.create({ ...good, ...options });
  page.widget = page.widgets.at(-1);
  return page;
}

/** What a call does: returns, throws, or rejects. */
export async function outcome(action) {
  let value;
  try {
    value = action();
  } catch (error) {
    return { threw: error };
  }
  try {
    return { value: await value };
  } catch (error) {
    return { rejected: error };
  }
}

export const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
