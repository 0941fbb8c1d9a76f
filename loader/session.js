// The one instance of the page, from create() to logout().

import { HOST_ID } from './attach.js';
import { failure, notInitialised } from './errors.js';
import { FRAME, PAGE, fetchPart, forget } from './fetch-part.js';
import { checked } from './options.js';
import { locate } from './place.js';
import { mayCompile, supportsFrames, supportsWidget } from './support.js';

/** How long a server that does not answer may hold up a logout. */
const FAREWELL_MS = 2000;

let current = null;
let extensionUrl = '';

export function chatIsOff() {
  return !!current && !current.options.chat;
}

export function isAuthenticated() {
  return !!(current && current.ready && current.authenticated);
}

/** @throws the error of methods that need an initialised widget */
export function widget() {
  if (!isAuthenticated()) throw notInitialised();
  return current.widget;
}

export function setExtensionUrl(url) {
  extensionUrl = url;
  if (isAuthenticated()) current.widget.call('setExtensionUrl', [url]).catch(() => {});
}

/** @throws InvalidConfigError; all else is a rejection */
export function create(config) {
  const options = checked(config);
  if (typeof Promise === 'undefined') throw failure('Error', 'browser_not_supported');
  const refuse = (name, message) => Promise.reject(failure(name, message));
  if (!/^(sandbox|production)$/.test(options.environment)) return refuse('EnvironmentNotValidError', 'Not a valid environment: ' + config.environment);
  if (!(options.iframe ? supportsFrames() : supportsWidget())) return refuse('Error', 'browser_not_supported');
  const place = locate(options);
  // An expired or refused session only shows why it ended: it gives way.
  if (current && current.ready && !current.authenticated) end(current);
  const other = document.getElementById(HOST_ID);
  if (current || (other && other.bandyerLive)) return refuse('Error', 'WIDGET_INSTANCE_ALREADY_INITIATED');
  options.screenSharingExtensionURL = options.screenSharingExtensionURL || extensionUrl;
  options.iframe = options.iframe || !mayCompile();
  return start(options, place);
}

function start(options, place) {
  // Not ready, not authenticated, not ended.
  const session = { options, userAlias: options.userAlias || '', seen: {} };
  current = session;
  const stopped = new Promise((_, reject) => {
    session.stop = () => reject(failure('Error', 'Logged out during create()'));
  });
  const part = options.iframe ? FRAME : PAGE;
  const created = fetchPart(place, part)
    .then(({ open, createClient, wasm }) => {
      if (session.ended) return;
      session.tell = createClient(session);
      session.widget = open(options, place, (name, data) => heard(session, part, name, data), wasm, session);
      return session.widget.ready;
    })
    .then(() => !session.ended && session.widget.create())
    .then((user) => {
      session.userAlias = (user && user.userAlias) || session.userAlias;
      session.authenticated = session.ready = true;
      return session.tell();
    });
  return Promise.race([created, stopped]).catch((reason) => {
    end(session);
    throw reason;
  });
}

function heard(session, part, name, data) {
  if (session.ended) return;
  if (name === 'bandyer:state') {
    session.seen = data;
    session.authenticated = data.authenticated;
  }
  else if (name === 'bandyer:broken') {
    // A WebAssembly that panicked must not be used again; the next create() gets a new one.
    forget(part);
    end(session);
  } else if (name === 'bandyer:unmounted') {
    // A create() that fails says itself why.
    if (session.ready) end(session);
  } else session.tell(name, data);
}

/** Frees the place for the next instance and leaves nothing of this one behind. */
function end(session) {
  if (session.ended) return;
  session.ended = true;
  session.ready = session.authenticated = false;
  if (current === session) current = null;
  session.stop();
  if (!session.widget) return;
  session.tell().removeAllListeners();
  try {
    session.widget.close();
  } catch (_) {
    // Broken, and out of the page already.
  }
}

/** Resolves always: what is to be left is left, whatever the server says. */
export function logout() {
  const session = current;
  if (!session) return Promise.resolve();
  if (!session.ready) {
    end(session);
    return Promise.resolve();
  }
  session.ready = false;
  current = null;
  const farewell = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS));
  return Promise.race([session.widget.call('logout', []), farewell])
    .catch(() => {})
    .then(() => end(session));
}
