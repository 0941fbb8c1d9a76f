// The classic script: CommonJS, AMD or a global, whichever is there. A second copy leaves the first one's instance be.

import { api } from './api.js';
import { preload } from './fetch-part.js';
import { locate, rememberScript, script } from './place.js';

if (typeof module === 'object' && module.exports) {
  // Inside a bundle the running script is somebody else's.
  module.exports = api;
} else {
  rememberScript();
  if (typeof define === 'function' && define.amd) define([], () => api);
  else if (!window.BandyerChat || !window.BandyerChat.version) window.BandyerChat = api;
  if (script && script.hasAttribute('data-preload')) preload(locate({}));
}
