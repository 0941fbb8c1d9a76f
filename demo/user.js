// One user's page in the two-users demo: an ordinary host page that also tells the page around it what happens.

import { introduce, other, start, user } from './demo.js';

introduce();
const tell = (name, data) => parent.postMessage({ demo: user, name, data }, location.origin);

try {
  await start({ mode: new URLSearchParams(location.search).get('mode') ?? 'embed' }, tell);
  window.BandyerChat.openWidget();
  await window.BandyerChat.selectChat(other);
} catch (error) {
  document.getElementById('problem').textContent = String(error.message ?? error);
}

const attempt = async (action) => {
  try {
    await action();
  } catch (error) {
    document.getElementById('problem').textContent = String(error.message ?? error);
  }
};
for (const button of document.querySelectorAll('[data-call]')) {
  button.addEventListener('click', () => attempt(() => window.BandyerChat[button.dataset.call]()));
}
document.getElementById('ring').addEventListener('click', () =>
  attempt(() => window.BandyerChat.createCall([other], { callType: 'audio_video' })),
);
document.getElementById('say').addEventListener('click', () =>
  attempt(() => window.BandyerChat.composeMessage(other, 'Sent by composeMessage()', true)),
);
