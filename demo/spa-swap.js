// A client-side router as it should not be: every navigation makes a new body.

import { other, start } from './demo.js';

let view = 1;

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element) || !target.matches('[data-go]')) return;
  view++;
  const body = document.createElement('body');
  const main = document.createElement('main');
  const title = document.createElement('h1');
  title.textContent = `View number ${view}`;
  const button = document.createElement('button');
  button.className = 'plain';
  button.dataset.go = '';
  button.textContent = 'Next view';
  main.append(title, button);
  body.append(main);
  document.documentElement.replaceChild(body, document.body);
});

await start();
await window.BandyerChat.addChat(other);
