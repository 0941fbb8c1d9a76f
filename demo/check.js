// Tries what a call needs, one thing after the other, and says in plain words what is missing.

import { devices } from './check-devices.js';
import { network } from './check-network.js';

const list = document.getElementById('checks');
const verdict = document.getElementById('verdict');
const button = document.getElementById('start');

/** A line of the list. The check answers `{state, words, code}`: good, warn (a call works, but not at its best) or bad. */
async function line({ id, title, run }, found) {
  const row = document.createElement('li');
  const name = document.createElement('b');
  const text = document.createElement('p');
  row.dataset.check = id;
  name.textContent = title;
  row.append(name, text);
  list.append(row);
  const { state, words, code } = await run(found).catch((error) => ({ state: 'bad', words: String(error.message ?? error), code: 'unknown' }));
  row.dataset.state = state;
  if (code) row.dataset.code = code;
  text.textContent = words;
  if (code) {
    const mark = document.createElement('code');
    mark.textContent = ` ${code}`;
    text.append(mark);
  }
  return state;
}

async function check() {
  list.replaceChildren();
  verdict.textContent = 'Checking…';
  delete verdict.dataset.state;
  const found = {};
  const states = [];
  for (const one of [...devices, ...network]) states.push(await line(one, found));
  const worst = ['bad', 'warn', 'good'].find((state) => states.includes(state));
  verdict.dataset.state = worst;
  verdict.textContent = {
    good: 'A call will connect.',
    warn: 'A call will connect, with the limits named below.',
    bad: 'A call may fail: see what is marked below.',
  }[worst];
}

button.addEventListener('click', async () => {
  button.disabled = true;
  await check();
  button.disabled = false;
});
