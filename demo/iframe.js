// The frame mode demo: everything is as without a frame.

import { introduce, other, show, start } from './demo.js';

introduce();
try {
  await start({ iframe: true });
  await window.BandyerChat.addChat(other);
} catch (error) {
  show('failed', error);
}
