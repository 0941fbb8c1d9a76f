// The widget in a frame with our own page, `/embed`: the host page's side. docs/embedding.md has the messages.

import { keepAttached } from './attach.js';
import { withCalls } from './call.js';
import { watchCover } from './cover.js';
import { createClient } from './client.js';
import { makeFrame, prepareGiven } from './frame-element.js';
import { Link } from './frame-link.js';
import { unreachable } from './fetch-part.js';

/** How long the page in the frame may take to answer. */
const PATIENCE_MS = 15000;

/** Same face as page.js. */
export const open = (options, place, onEvent, _, session) =>
  withCalls((heard) => openInFrame(options, place, heard), onEvent, session);

function openInFrame(options, place, onEvent) {
  const page = place.serverUrl + '/embed';
  const given = options.iframe === true ? null : options.iframe;
  const { frame, fit, dismiss } = given ? prepareGiven(given, page) : makeFrame(page, options.container);
  const origin = new URL(frame.src, location.href).origin;
  // A frame with a place of its own covers nothing but that.
  const cover = watchCover(frame, (state, small) => !given && !options.container && (state.full || small));
  const heard = (name, data) => {
    if (name === 'bandyer:state') cover.see(data);
    onEvent(name, data);
  };
  const link = new Link(options, heard, fit);
  let stopWaiting;

  const offer = () => link.offer(frame.contentWindow, origin);
  const ready = new Promise((resolve, reject) => {
    const refuse = (why) => reject(unreachable(`${page} ${why}`));
    const late = `does not answer. Does the server allow ${location.origin} to embed it?`;
    const timer = setTimeout(() => refuse(late), PATIENCE_MS);
    const forbidden = (event) => {
      if (/^(frame|child|default)-src/.test(event.effectiveDirective) && page.startsWith(event.blockedURI)) {
        refuse("is forbidden by this page's content security policy (frame-src)");
      }
    };
    document.addEventListener('securitypolicyviolation', forbidden);
    stopWaiting = () => {
      clearTimeout(timer);
      document.removeEventListener('securitypolicyviolation', forbidden);
    };
    link.onHello = resolve;
  }).finally(stopWaiting);

  frame.addEventListener('load', offer);
  // Only now: a frame that is put into the page starts to load.
  const release = given ? offer() : keepAttached(frame, options.container).release;
  return {
    ready,
    create: () => link.create(),
    call: (name, args) => link.call(name, args),
    read: (name) => link.read(name),
    close() {
      stopWaiting();
      cover.release();
      frame.removeEventListener('load', offer);
      link.close();
      dismiss();
      release?.();
    },
  };
}

document.addEventListener('bandyer-chat-widget:wanted', (event) => {
  if (event.detail.url === import.meta.url) event.detail.take({ open, createClient });
});
