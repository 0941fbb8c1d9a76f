// The ES module: `import BandyerChat from '@bandyer/bandyer-chat-widget'`. Safe to import where there is no window.

export { api as default } from './api.js';
