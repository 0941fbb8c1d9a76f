// The page with a strict policy: lists what the policy refused, which should be nothing.

import { introduce, other, show, start } from './demo.js';

document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  const line = document.createElement('li');
  line.textContent = `${effectiveDirective} ${blockedURI}`;
  document.getElementById('violations').append(line);
});
introduce();
try {
  await start();
  await window.BandyerChat.addChat(other);
} catch (error) {
  show('failed', error);
}
