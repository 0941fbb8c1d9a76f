// Talks to the page in the frame by hand: docs/embedding.md describes the messages.

import { freshToken, introduce, other, show } from './demo.js';

introduce();
const frame = document.getElementById('chat');
const server = new URL(frame.src).origin;
const { port1: port, port2 } = new MessageChannel();
const waiting = new Map();
let lastId = 0;

port.onmessage = ({ data }) => {
  if (data.hello) begin().catch((error) => show('failed', error));
  else if (data.id) waiting.get(data.id)(data);
  else if (data.event && !data.event.startsWith('bandyer:')) show(data.event, data.data);
};

const connect = () => frame.contentWindow.postMessage({ type: 'bandyer:connect', version: 1 }, server, [port2]);
if (frame.contentDocument?.readyState === 'complete' && frame.contentDocument.URL !== 'about:blank') connect();
else frame.addEventListener('load', connect, { once: true });

async function begin() {
  await call('create', { accessToken: await freshToken(), environment: 'sandbox', language: 'en' });
  await call('addChat', other);
}

function call(name, ...args) {
  return new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, ({ value, error }) => (error ? reject(Object.assign(new Error(error.message), error)) : resolve(value)));
    port.postMessage({ id, call: name, args });
  });
}
