// Wraps what wasm-bindgen generates: the loader in the same page may ask for it. Bundled by build.mjs, which puts the
// generated file in place of `generated`. Names, and no namespace: what a bundler makes for one stumbles over what a page
// may have added to `Object.prototype`.

import init, { mount } from 'generated';
import { createClient } from './client.js';
import { withCalls } from './call.js';
import { openInPage } from './page.js';

export * from 'generated';
export { default } from 'generated';

const open = (options, place, onEvent, wasm, session) =>
  withCalls((heard) => openInPage({ default: init, mount, desk }, options, place, heard, wasm), onEvent, session);

/** Fetches the desk of a call, beside this file. */
export const desk = () => import(/* webpackIgnore: true */ /* @vite-ignore */ new URL('./bandyer_desk.js', import.meta.url));

document.addEventListener('bandyer-chat-widget:wanted', (event) => {
  if (event.detail.url === import.meta.url) event.detail.take({ open, createClient });
});
