// The 23 methods: what they refuse at once and in which order, and what they hand on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livePage, newPage, outcome, turn } from './support/page.mjs';

const METHODS = [
  'addChat', 'closeWidget', 'composeMessage', 'create', 'createCall', 'getChats', 'getLastMessageReceived', 'getLastMessageSent',
  'getUnreadMessages', 'getUser', 'getUsersStatusList', 'hideWidget', 'isAuthenticated', 'joinCallURL', 'logout', 'openWidget',
  'removeChat', 'selectChat', 'setExtensionUrl', 'showWidget', 'toggleWidget', 'updateAccessToken', 'version',
];

const ALIAS = '(userAlias)';
const COMPOSE = '(userAlias, message, send)';
const CALL = '(participants, options)';

/** Method, what a wrong count is told, counts that are refused. */
const COUNTS = [
  ['addChat', ALIAS, [0, 2]], ['removeChat', ALIAS, [0, 2]], ['selectChat', ALIAS, [0, 2]], ['getUser', ALIAS, [0, 2]],
  ['composeMessage', COMPOSE, [0, 1, 2, 4]], ['createCall', CALL, [0, 3]], ['joinCallURL', '(url)', [0, 2]], ['setExtensionUrl', '(url)', [0, 2]],
];

/** Method, arguments that are refused for their type, what the message names. */
const TYPES = [
  ...['addChat', 'removeChat', 'selectChat', 'getUser'].flatMap((name) => [7, true, {}, [], () => {}].map((wrong) => [name, [wrong], 'userAlias'])),
  ['composeMessage', [7, 'x', true], 'userAlias'], ['composeMessage', ['bob', 7, true], 'message'], ['composeMessage', ['bob', 'x', 1], 'send'],
  ['composeMessage', ['bob', 'x', 'true'], 'send'], ['createCall', ['bob', {}], 'participants'], ['createCall', [{ 0: 'bob' }, {}], 'participants'],
  ['createCall', [['bob', 'eve'], {}], 'at most one'], ['createCall', [['bob'], 'x'], 'options'], ['joinCallURL', [7], 'url'], ['setExtensionUrl', [7], 'url'],
  ['updateAccessToken', [7], 'accessToken'], ['updateAccessToken', [{}], 'accessToken'],
];

const NEEDS_CHAT = [
  ['addChat', 'bob'], ['removeChat', 'bob'], ['selectChat', 'bob'], ['composeMessage', 'bob', 'x', true], ['getChats'], ['getUnreadMessages'],
  ['getLastMessageReceived'], ['getLastMessageSent'],
];
const NEEDS_SESSION = [
  ...NEEDS_CHAT, ['getUser', 'bob'], ['getUsersStatusList'], ['showWidget'], ['hideWidget'], ['openWidget'], ['closeWidget'], ['toggleWidget'],
  ['createCall', ['bob'], {}], ['joinCallURL', 'https://x.example/y'],
];

test('the global has exactly the 23 methods, and can be changed like any object', () => {
  const { api, window } = newPage();
  assert.deepEqual(Object.keys(api).sort(), METHODS);
  assert.ok(METHODS.every((name) => typeof api[name] === 'function'));
  api.version = () => 'mine';
  assert.equal(window.BandyerChat.version(), 'mine');
});

test('version and isAuthenticated answer at once', async () => {
  const page = newPage();
  assert.equal(page.api.version(), '1.45.0');
  assert.equal(page.api.isAuthenticated(), false);
  assert.equal((await livePage()).api.isAuthenticated(), true);
});

for (const [name, list, counts] of COUNTS) {
  for (const count of counts) {
    test(`${name} with ${count} arguments is refused, before and after create`, async () => {
      for (const page of [newPage(), await livePage()]) {
        // Of the wrong type too: the count is looked at first.
        const { threw } = await outcome(() => page.api[name](...Array(count).fill(7)));
        assert.equal(threw?.message, `Missing arguments: ${list}`);
        assert.equal(threw.name, 'Error');
      }
    });
  }
}

for (const [name, args, names] of TYPES) {
  test(`${name}(${args.map((arg) => JSON.stringify(arg) ?? 'a function')}) is refused for its type, before and after create`, async () => {
    for (const page of [newPage(), await livePage(), await livePage({ chat: false })]) {
      const { threw } = await outcome(() => page.api[name](...args));
      assert.ok(threw?.message.includes(names), `threw ${threw?.message}`);
      assert.equal(threw.name, 'Error');
    }
  });
}

test('falsy arguments of any type are let through', async () => {
  const { api, widget } = await livePage();
  for (const nothing of ['', null, undefined, 0, false]) {
    assert.ok('value' in (await outcome(() => api.addChat(nothing))));
    assert.deepEqual(widget.calls.at(-1), ['addChat', nothing]);
    assert.ok('value' in (await outcome(() => api.composeMessage(nothing, nothing, nothing))));
    assert.ok('value' in (await outcome(() => api.createCall(nothing, nothing))));
    assert.deepEqual(widget.calls.at(-1), ['createCall', nothing, nothing]);
  }
});

for (const [name, ...args] of NEEDS_SESSION) {
  test(`${name} throws at once when the widget is not initialised`, async () => {
    const page = newPage();
    const before = await outcome(() => page.api[name](...args));
    assert.equal(before.threw?.name, 'BandyerChatWidgetNotAuthenticated');
    const live = await livePage();
    await live.api.logout();
    assert.equal((await outcome(() => live.api[name](...args))).threw?.name, 'BandyerChatWidgetNotAuthenticated');
    assert.equal(live.api.isAuthenticated(), false);
  });
}

for (const [name, ...args] of NEEDS_CHAT) {
  test(`${name} throws without the chat module, also while the widget is being created`, async () => {
    const live = await livePage({ chat: false });
    assert.equal((await outcome(() => live.api[name](...args))).threw?.message, 'Chat module not initialized');
    const page = newPage();
    const creating = page.api.create({ accessToken: 'jwt', environment: 'sandbox', tools: {} });
    assert.equal((await outcome(() => page.api[name](...args))).threw?.message, 'Chat module not initialized');
    await creating;
  });
}

test('without the chat module the others work', async () => {
  const { api, answers } = await livePage({ chat: false });
  answers.getUser = { userAlias: 'bob', status: 'online' };
  assert.deepEqual(await api.getUser('bob'), answers.getUser);
  assert.equal(api.showWidget(), true);
});

test('methods hand their arguments on, and answer with what the widget says', async () => {
  const { api, widget, answers } = await livePage();
  answers.getUsersStatusList = [{ userAlias: 'bob', status: 'busy' }];
  answers.getChats = [{ chat: 'a#b' }];
  answers.getLastMessageSent = null;
  assert.equal(await api.composeMessage('bob', 'hello', true), undefined);
  assert.deepEqual(widget.calls.at(-1), ['composeMessage', 'bob', 'hello', true]);
  assert.equal(await api.getUsersStatusList('ignored'), answers.getUsersStatusList);
  assert.deepEqual(widget.calls.at(-1), ['getUsersStatusList']);
  assert.equal(api.getChats('ignored'), answers.getChats);
  assert.equal(api.getLastMessageSent(), null);
  answers.updateAccessToken = { expiresAt: '2030-01-01T00:00:00.000Z' };
  assert.deepEqual(await api.updateAccessToken('new'), answers.updateAccessToken);
  assert.deepEqual(widget.calls.at(-1), ['updateAccessToken', 'new']);
});

test('show, hide, open, close and toggle are true at once, whatever comes of it', async () => {
  const { api, widget, answers } = await livePage();
  for (const name of ['showWidget', 'hideWidget', 'openWidget', 'closeWidget', 'toggleWidget']) {
    answers[name] = () => Promise.reject(new Error('no'));
    assert.equal(api[name]('ignored'), true);
    assert.deepEqual(widget.calls.at(-1), [name]);
  }
});

test('updateAccessToken rejects, and does not throw, before create', async () => {
  const { api } = newPage();
  assert.equal((await outcome(() => api.updateAccessToken('x'))).rejected?.name, 'BandyerChatWidgetNotAuthenticated');
  assert.equal((await outcome(() => api.updateAccessToken())).rejected?.name, 'BandyerChatWidgetNotAuthenticated');
});

test('setExtensionUrl works before create, and goes to the widget', async () => {
  const page = newPage();
  assert.equal(page.api.setExtensionUrl('https://x.example/e'), undefined);
  await page.api.create({ accessToken: 'jwt', environment: 'sandbox' });
  assert.equal(page.widgets[0].options.screenSharingExtensionURL, 'https://x.example/e');
  page.api.setExtensionUrl('https://y.example/e');
  assert.deepEqual(page.widgets[0].calls.at(-1), ['setExtensionUrl', 'https://y.example/e']);
});

const MADE_CALL = {
  callAlias: 'room_1', callDirection: 'outgoing', callParticipants: ['alice', 'bob'],
  callOptions: { record: false, creationDate: '2026-01-10T11:41:19.000Z', callType: 'audio_video', live: true },
};

test('a call that is refused rejects with the plain string', async () => {
  const page = await livePage();
  const { api } = page;
  page.answers.createCall = () => Promise.reject('USERS_BUSY_ERROR');
  for (const call of [() => api.createCall(['bob'], {}), () => api.createCall(['bob']), () => api.createCall(['bob'], null)]) {
    assert.equal((await outcome(call)).rejected, 'USERS_BUSY_ERROR');
  }
});

test('a call has a live status, and ends when the session does', async () => {
  const page = await livePage();
  const state = { authenticated: true, shown: true, expanded: true, covered: true, callAlias: 'room_1', callStatus: 'dialing' };
  page.answers.createCall = page.answers.joinCallURL = { ...MADE_CALL };
  for (const start of [() => page.api.createCall(['bob'], {}), () => page.api.joinCallURL('https://x.example/y')]) {
    page.widget.onEvent('bandyer:state', { ...state });
    const call = await start();
    assert.deepEqual({ ...call, hangUp: undefined, callStatus: undefined }, { ...MADE_CALL, hangUp: undefined, callStatus: undefined });
    assert.equal(call.callStatus, 'dialing');
    page.widget.onEvent('bandyer:state', { ...state, callStatus: 'connected' });
    assert.equal(call.callStatus, 'connected');
    await call.hangUp();
    assert.deepEqual(page.widget.calls.at(-1), ['hangUp', 'room_1']);
    page.widget.onEvent('bandyer:state', { ...state, callAlias: 'room_2' });
    assert.equal(call.callStatus, 'ended');
  }
  page.widget.onEvent('bandyer:state', { ...state });
  const call = await page.api.createCall(['bob'], {});
  await page.api.logout();
  assert.equal(call.callStatus, 'ended');
  assert.equal((await outcome(() => call.hangUp())).rejected.message, 'HANG_UP_ON_ENDED_CALL');
});

test('selectChat is refused at once while a view of calls is in front', async () => {
  const page = await livePage();
  page.widget.onEvent('bandyer:state', { authenticated: true, shown: true, expanded: true, covered: true });
  assert.match((await outcome(() => page.api.selectChat('bob'))).threw.message, /call/);
  page.widget.onEvent('bandyer:state', { authenticated: true, shown: true, expanded: true, covered: false });
  assert.ok('value' in (await outcome(() => page.api.selectChat('bob'))));
});

test('a call that comes in can be answered and declined, and what is copied of it are the facts', async () => {
  const { client, widget, api } = await livePage();
  const heard = [];
  await turn();
  client.on('incoming_call', (call) => heard.push(call));
  widget.onEvent('bandyer:state', { authenticated: true, callAlias: 'room_1', callStatus: 'dialing' });
  widget.onEvent('incoming_call', { event: 'incoming_call', callAlias: 'room_1' });
  const [call] = heard;
  assert.deepEqual(Object.keys(call), ['event', 'callAlias']);
  assert.equal(call.callStatus, 'dialing');
  await call.answer();
  await call.decline();
  await call.hangUp();
  assert.deepEqual(widget.calls.slice(-3), [['answerCall', 'room_1'], ['declineCall', 'room_1'], ['hangUp', 'room_1']]);
  await api.logout();
  assert.equal(call.callStatus, 'ended');
  await assert.rejects(call.answer(), { message: 'invalid_call_status' });
  await assert.rejects(call.decline(), { message: 'invalid_call_status' });
});
