// The page around the two: shows what their widgets tell, and switches their colours.

import { summary } from './demo.js';

addEventListener('message', ({ origin, data }) => {
  if (origin !== location.origin || !data?.demo) return;
  const log = document.querySelector(`[data-of="${data.demo === 'bob' ? 'bob' : 'alice'}"]`);
  const line = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = data.name;
  line.append(name, ` ${summary(data.data)}`);
  log.prepend(line);
  while (log.children.length > 100) log.lastChild.remove();
});

// A frame prefers the colours of the element it is in.
const buttons = [...document.querySelectorAll('[data-scheme]')];
for (const button of buttons) {
  button.addEventListener('click', () => {
    const { scheme } = button.dataset;
    document.documentElement.style.colorScheme = scheme === 'normal' ? 'light dark' : scheme;
    for (const frame of document.querySelectorAll('iframe')) frame.style.colorScheme = scheme === 'normal' ? 'light dark' : scheme;
    for (const one of buttons) one.setAttribute('aria-pressed', String(one === button));
  });
}

// Below this width the widget takes its page for a phone, so on a desktop the two pages are shown a little smaller.
const PAGE_WIDTH = 800;
const oneColumn = matchMedia('(max-width: 760px)');
const room = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const scale = oneColumn.matches ? 1 : Math.min(1, contentRect.width / PAGE_WIDTH);
    target.style.setProperty('--scale', scale);
  }
});
for (const window of document.querySelectorAll('.window')) room.observe(window);
