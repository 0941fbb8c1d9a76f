// The classic script: CommonJS, AMD or a global, whichever is there. A second copy leaves the first one's instance be.

import { api } from './api.js';
import { rememberScript } from './place.js';

if (typeof module === 'object' && module.exports) {
  // Inside a bundle the running script is somebody else's.
  module.exports = api;
} else {
  rememberScript();
  if (typeof define === 'function' && define.amd) define([], () => api);
  else if (!window.BandyerChat || !window.BandyerChat.version) window.BandyerChat = api;
}
