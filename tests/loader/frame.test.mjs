// Frame mode: who may talk to whom, and what crosses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link } from '../../loader/frame-link.js';
import { checked } from '../../loader/options.js';
import { good, outcome, turn } from './support/page.mjs';

const SERVER = 'https://chat.example.com';

/** The host page's side, with the page in the frame played by the test. */
function newLink(options = {}) {
  const frame = { posts: [], sizes: [], events: [], heard: [], answers: { create: { userAlias: 'alice' } } };
  const target = {
    location: { get href() { throw new Error('of another origin'); } },
    postMessage: (message, origin, [port]) => {
      frame.posts.push({ message, origin });
      frame.port?.close();
      frame.port = port;
      port.on('message', (data) => frame.receive(data));
      port.postMessage({ hello: 1, version: '1.45.0' });
    },
  };
  frame.receive = (data) => {
    frame.heard.push(data);
    if (!data.call) return;
    const answer = frame.answers[data.call];
    frame.port.postMessage(answer instanceof Error ? { id: data.id, error: { ...answer, message: answer.message } } : { id: data.id, value: answer });
  };
  const link = new Link(checked({ ...good, ...options }), (name, data) => frame.events.push([name, data]), (size) => frame.sizes.push(size));
  frame.load = async () => {
    link.offer(target, SERVER);
    await turn();
    await turn();
  };
  frame.calls = () => frame.heard.filter((data) => data.call).map(({ call, args }) => [call, ...args]);
  return { link, frame };
}

async function created(options) {
  const pair = newLink(options);
  await pair.frame.load();
  await pair.link.create();
  return pair;
}

test('the port is offered to the server’s origin, never to any', async (context) => {
  const { link, frame } = await created();
  context.after(() => link.close());
  assert.deepEqual(frame.posts, [{ message: { type: 'bandyer:connect', version: 1 }, origin: SERVER }]);
});

test('the empty page that a frame has before its own is offered nothing', () => {
  const { link } = newLink();
  link.offer({ location: { href: 'about:blank' }, postMessage: () => assert.fail('offered') }, SERVER);
  link.offer(null, SERVER);
});

test('options go over without functions and elements', async (context) => {
  const { link, frame } = await created({ container: { nodeType: 1, tagName: 'DIV' }, userDetailsProvider: async () => [], serverUrl: SERVER });
  context.after(() => link.close());
  const [, options] = frame.calls()[0];
  assert.equal(options.accessToken, 'jwt');
  assert.equal(options.userDetailsProvider, true);
  assert.equal(options.userDetailsFormatter, false);
  assert.ok(!('container' in options || 'iframe' in options || 'serverUrl' in options));
});

test('calls, answers and errors cross', async (context) => {
  const { link, frame } = await created();
  context.after(() => link.close());
  frame.answers.getUser = { userAlias: 'bob', status: 'online' };
  assert.deepEqual(await link.call('getUser', ['bob']), frame.answers.getUser);
  frame.answers.addChat = Object.assign(new Error('no such user'), { code: 'create_channel_oto_error', errors: [] });
  const { rejected } = await outcome(() => link.call('addChat', ['x']));
  assert.ok(rejected instanceof Error);
  assert.deepEqual([rejected.code, rejected.message], ['create_channel_oto_error', 'no such user']);
});

test('the getters read the copy, and their dates are dates', async (context) => {
  const { link, frame } = await created();
  context.after(() => link.close());
  assert.deepEqual([link.read('getChats'), link.read('getUnreadMessages'), link.read('getLastMessageSent')], [[], [], null]);
  frame.port.postMessage({ mirror: { getChats: [{ chat: 'a#b', lastMessage: { timestamp: new Date(5) } }] } });
  await turn();
  link.read('getChats')[0].chat = 'spoilt';
  assert.equal(link.read('getChats')[0].chat, 'a#b');
  assert.equal(link.read('getChats')[0].lastMessage.timestamp.getTime(), 5);
});

test('events and sizes arrive', async (context) => {
  const { link, frame } = await created();
  context.after(() => link.close());
  frame.port.postMessage({ event: 'message_sent', data: { text: 'x' } });
  frame.port.postMessage({ size: { width: 1, height: 2, open: false } });
  await turn();
  assert.deepEqual(frame.events, [['message_sent', { text: 'x' }]]);
  assert.deepEqual(frame.sizes, [{ width: 1, height: 2, open: false }]);
});

test('the host page’s functions are called here, and their failures cross as failures', async (context) => {
  const { link, frame } = await created({
    userDetailsProvider: async (list) => list.map((userAlias) => ({ userAlias, run: () => {} })),
    userDetailsFormatter: () => { throw new Error('mine'); },
  });
  context.after(() => link.close());
  frame.port.postMessage({ ask: 1, name: 'userDetailsProvider', args: [['bob']] });
  frame.port.postMessage({ ask: 2, name: 'userDetailsFormatter', args: [{}] });
  await turn();
  const answers = Object.fromEntries(frame.heard.filter((data) => data.answer).map((data) => [data.answer, data]));
  assert.deepEqual(answers[1].value, [{ userAlias: 'bob' }]);
  assert.match(answers[2].error, /mine/);
});

test('a frame that was moved makes the session again, as it was, with the newest token', async (context) => {
  const { link, frame } = await created({ hidden: true });
  context.after(() => link.close());
  await link.call('updateAccessToken', ['newer']);
  frame.port.postMessage({ event: 'bandyer:state', data: { authenticated: true, shown: true, expanded: true } });
  await turn();
  frame.heard.length = 0;
  const lost = outcome(() => new Promise((_, reject) => link.waiting.set(999, { reject })));
  await frame.load();
  assert.match((await lost).rejected?.message, /loaded again/);
  const [create, open] = frame.calls();
  assert.deepEqual([create[0], create[1].accessToken, create[1].hidden, open], ['create', 'newer', false, ['openWidget']]);
  assert.ok(frame.events.every(([name, data]) => name !== 'bandyer:state' || data.authenticated), 'to the page the session goes on');
});

test('the page in the frame hears only its parent, and only of an allowed origin', async (context) => {
  const listeners = {};
  const warnings = [];
  const parent = {};
  Object.assign(globalThis, {
    window: globalThis, parent,
    addEventListener: (name, listener) => (listeners[name] = listener),
    document: { querySelector: () => ({ content: `${SERVER} https://www.example.com` }), getElementById: () => null },
  });
  context.mock.method(console, 'error', (text) => warnings.push(text));
  await import('../../loader/embed.js');
  const knock = async (change) => {
    const { port1, port2 } = new MessageChannel();
    let hello = null;
    port1.on('message', (data) => (hello = data));
    listeners.message({ source: parent, origin: 'https://www.example.com', data: { type: 'bandyer:connect', version: 1 }, ports: [port2], ...change });
    await turn();
    return { hello, port: port1 };
  };
  const refused = [
    { source: {} }, { origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'https://www.example.com.evil.example' }, { origin: '' },
    { data: { type: 'other' } }, { data: null }, { data: { type: 'bandyer:connect', version: 2 } }, { ports: [] },
  ];
  for (const change of refused) {
    const { hello, port } = await knock(change);
    assert.equal(hello, null, JSON.stringify(change));
    port.close();
  }
  assert.match(warnings[0], /evil\.example may not embed/);
  const { hello, port } = await knock({});
  assert.equal(hello.hello, 1);
  const second = await knock({});
  assert.equal(second.hello, null, 'one parent at a time');
  second.port.close();
  const answered = new Promise((resolve) => port.on('message', resolve));
  port.postMessage({ id: 1, call: 'constructor', args: [] });
  assert.match((await answered).error.message, /not initialised/);
  port.postMessage({ bye: true });
  await turn();
  port.close();
  const again = await knock({});
  assert.equal(again.hello?.hello, 1, 'after goodbye another may come');
  again.port.postMessage({ bye: true });
  await turn();
  again.port.close();
});
