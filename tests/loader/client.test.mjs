// The Client: an event emitter whose listeners cannot hurt each other or the widget.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../../loader/client.js';
import { livePage, newPage, turn } from './support/page.mjs';

const facts = { userAlias: 'alice', options: { environment: 'sandbox', callType: 'audio_only', appId: 'app', screenSharingExtensionId: 'x' } };
const newClient = () => createClient(facts)();

test('it has the emitter’s methods and the getters', () => {
  const client = newClient();
  for (const name of ['on', 'once', 'off', 'addListener', 'removeListener', 'removeAllListeners', 'emit', 'listenerCount']) {
    assert.equal(typeof client[name], 'function', name);
  }
  assert.deepEqual(
    [client.userAlias, client.environment, client.callType, client.appId, client.screenSharingExtensionId],
    ['alice', 'sandbox', 'audio_only', 'app', 'x'],
  );
});

test('on, once, off and the rest give the client back; emit says whether anybody heard', () => {
  const client = newClient();
  const heard = [];
  const listener = (...data) => heard.push(data);
  assert.equal(client.on('a', listener), client);
  assert.equal(client.addListener('a', listener), client);
  assert.equal(client.once('a', listener), client);
  assert.equal(client.listenerCount('a'), 3);
  assert.equal(client.emit('a', 1, 2), true);
  assert.equal(client.listenerCount('a'), 2);
  assert.equal(client.off('a', listener), client);
  assert.equal(client.emit('a', 3), true);
  assert.equal(client.removeListener('a', listener), client);
  assert.equal(client.emit('a'), false);
  assert.equal(client.emit('never'), false);
  assert.deepEqual(heard, [[1, 2], [1, 2], [1, 2], [3]]);
});

test('removeAllListeners forgets one event, or all', () => {
  const client = newClient().on('a', () => {}).on('b', () => {});
  assert.equal(client.removeAllListeners('a'), client);
  assert.deepEqual([client.listenerCount('a'), client.listenerCount('b')], [0, 1]);
  client.removeAllListeners();
  assert.equal(client.listenerCount('b'), 0);
});

test('names of object properties are names like others', () => {
  const client = newClient();
  assert.equal(client.listenerCount('constructor'), 0);
  assert.equal(client.emit('__proto__'), false);
  assert.equal(client.on('toString', () => {}).listenerCount('toString'), 1);
});

test('what is no function is refused', () => {
  assert.throws(() => newClient().on('a'), TypeError);
  assert.throws(() => newClient().once('a', 'x'), TypeError);
});

test('a listener that throws is reported, and the others hear', (context) => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  context.after(() => delete globalThis.reportError);
  const client = newClient();
  const heard = [];
  client.on('a', () => { throw new Error('mine'); }).on('a', () => heard.push('second'));
  assert.equal(client.emit('a'), true);
  assert.deepEqual([heard, reported], [['second'], ['mine']]);
});

test('a list that is being emitted stays as it was', () => {
  const client = newClient();
  const heard = [];
  const second = () => heard.push('second');
  client.on('a', () => { client.off('a', second); client.on('a', () => heard.push('late')); }).on('a', second);
  client.emit('a');
  assert.deepEqual(heard, ['second']);
  const once = newClient();
  let count = 0;
  once.once('a', () => { count++; once.emit('a'); });
  once.emit('a');
  assert.equal(count, 1, 'once means once, also from inside');
});

test('events of the widget reach listeners added as soon as create resolved, in order', async () => {
  const page = newPage();
  page.answers.create = () => {
    page.widgets[0].onEvent('chat_loaded', 1);
    return { userAlias: 'alice' };
  };
  const client = await page.api.create({ accessToken: 'jwt', environment: 'sandbox' });
  const heard = [];
  client.on('chat_loaded', (data) => heard.push(data));
  page.widgets[0].onEvent('chat_loaded', 2);
  assert.deepEqual(heard, []);
  await turn();
  page.widgets[0].onEvent('chat_loaded', 3);
  assert.deepEqual(heard, [1, 2, 3]);
});

test('the widget’s own words are no events of the host page', async () => {
  const { client, widget } = await livePage();
  await turn();
  const heard = [];
  client.on('bandyer:state', () => heard.push('state'));
  widget.onEvent('bandyer:state', { authenticated: true, shown: true, expanded: false });
  assert.deepEqual(heard, []);
});

test('after logout nothing is heard any more', async () => {
  const page = await livePage();
  await turn();
  page.client.on('message_sent', () => assert.fail('heard'));
  await page.api.logout();
  assert.equal(page.client.listenerCount('message_sent'), 0);
  page.widget.onEvent('message_sent', {});
});
