// Where this script came from: the widget's files lie beside it, and its origin is the server unless told otherwise.

import { invalidConfig } from './errors.js';

export const VERSION = '1.45.0';

/** The script element that loaded us; null inside a bundle, and where there is no page. */
export let script = null;

/** Only while the script runs for the first time does the page know its element. */
export function rememberScript() {
  script = (typeof document !== 'undefined' && document.currentScript) || null;
}

/** The module's own address: empty in the classic build. */
const MODULE = import.meta.url || '';

/** @throws InvalidConfigError when there is no server to talk to */
export function locate(options) {
  const attribute = script && script.getAttribute('data-server-' + options.environment);
  const from = (script && script.src) || MODULE;
  const server = options.serverUrl || attribute || (/^https?:/.test(from) ? new URL(from).origin : '');
  let url;
  try {
    url = new URL(server, location.href);
  } catch (_) {
    throw invalidConfig('serverUrl is not valid');
  }
  if (!server || !/^https?:$/.test(url.protocol)) throw invalidConfig('serverUrl is needed');
  const serverUrl = url.origin + url.pathname.replace(/\/+$/, '');
  // A bundler moves the module away from its files; then the server has them.
  const beside = script || !options.serverUrl ? from : '';
  return {
    serverUrl,
    origin: url.origin,
    base: /^https?:/.test(beside) ? new URL('.', beside).href : serverUrl + '/sdk/js/chat/' + VERSION + '/',
    nonce: (script && script.nonce) || '',
  };
}
