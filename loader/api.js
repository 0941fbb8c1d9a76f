// `window.BandyerChat`: the 23 methods. Wrong arguments, a missing chat module and a widget that is not initialised
// are thrown at once, in that order; what comes later is a rejection.

import { check } from './arguments.js';
import { notInitialised } from './errors.js';
import { METHODS, READS, SWITCHES, least, needsChat } from './methods.js';
import { VERSION } from './place.js';
import * as session from './session.js';

/** An ordinary object: a host page may put its own functions in. */
export const api = {
  create(options) {
    check(arguments, 'configuration');
    return session.create(options);
  },
  logout: session.logout,
  isAuthenticated: session.isAuthenticated,
  version: () => VERSION,

  setExtensionUrl() {
    check(arguments, 'url');
    session.setExtensionUrl(arguments[0]);
  },

  /** Not initialised is a rejection here, and the number of arguments is not counted. */
  updateAccessToken(token) {
    if (token && typeof token !== 'string') throw new Error('accessToken must be a string');
    return session.isAuthenticated() ? session.widget().call('updateAccessToken', [token || '']) : Promise.reject(notInitialised());
  },
};

Object.keys(METHODS).forEach((name) => {
  const parameters = METHODS[name];
  if (api[name]) return;
  api[name] = function () {
    if (parameters) check(arguments, parameters, least(name));
    if (needsChat(name)) needChat();
    return session.widget().call(name, parameters ? [].slice.call(arguments) : []);
  };
});

READS.forEach((name) => {
  api[name] = () => {
    needChat();
    return session.widget().read(name);
  };
});

SWITCHES.forEach((name) => {
  api[name] = () => {
    session.widget().call(name, []).catch(() => {});
    return true;
  };
});

function needChat() {
  if (session.chatIsOff()) throw new Error('Chat module not initialized');
}
