// Every method of the JavaScript API: what it returns, what it throws, what it rejects with, what it does when hidden.
import assert from 'node:assert/strict';
import { hostPage, networkNoise, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('api');

const methods = [
  'addChat', 'closeWidget', 'composeMessage', 'create', 'createCall', 'getChats', 'getLastMessageReceived',
  'getLastMessageSent', 'getUnreadMessages', 'getUser', 'getUsersStatusList', 'hideWidget', 'isAuthenticated',
  'joinCallURL', 'logout', 'openWidget', 'removeChat', 'selectChat', 'setExtensionUrl', 'showWidget', 'toggleWidget',
  'updateAccessToken', 'version',
];
const chatMethods = {
  addChat: ['x'], removeChat: ['x'], selectChat: ['x'], composeMessage: ['x', 'hi', true], getChats: [],
  getUnreadMessages: [], getLastMessageReceived: [], getLastMessageSent: [],
};
const showMethods = ['showWidget', 'hideWidget', 'openWidget', 'closeWidget', 'toggleWidget'];

scene('the global has exactly the 23 methods and no other global is left behind', async (stage) => {
  const user = await stage.visitor(await stage.alias(), { html: hostPage(stage.server.origin, { script: false }) });
  const before = await user.page.evaluate(() => Object.getOwnPropertyNames(window));
  const url = `${stage.server.origin}/widget/bandyer-widget.min.js`;
  await user.page.addScriptTag({ url });
  const after = await user.page.evaluate(() => Object.getOwnPropertyNames(window));
  assert.deepEqual(after.filter((name) => !before.includes(name)), ['BandyerChat']);
  assert.deepEqual(await user.page.evaluate(() => Object.keys(window.BandyerChat).sort()), methods);
  assert.equal(await user.page.evaluate(() => document.querySelectorAll('style').length), 0);
  assert.equal((await user.call('version')).returned, '1.45.0');
  assert.equal((await user.call('isAuthenticated')).returned, false);
});

scene('before create: what needs a session throws at once, the rest answers', async (stage) => {
  const user = await stage.visitor(await stage.alias());
  const needing = {
    ...chatMethods, getUser: ['x'], getUsersStatusList: [], createCall: [['x'], {}], joinCallURL: ['https://x'],
    ...Object.fromEntries(showMethods.map((name) => [name, []])),
  };
  for (const [name, args] of Object.entries(needing)) {
    const answer = await user.call(name, ...args);
    assert.ok(answer.threw, `${name} throws synchronously, got ${JSON.stringify(answer)}`);
    assert.equal(answer.isError, true, name);
    assert.equal(answer.threw.$error, 'BandyerChatWidgetNotAuthenticated', name);
  }
  const refused = await user.call('updateAccessToken', 'jwt');
  assert.equal((refused.rejected ?? refused.threw)?.$error, 'BandyerChatWidgetNotAuthenticated');
  assert.deepEqual(await user.call('logout'), { resolved: { $undefined: true } });
  assert.deepEqual(await user.call('setExtensionUrl', 'https://example.org/ext'), { returned: { $undefined: true } });
});

scene('arguments are counted, then their types checked, before anything else', async (stage) => {
  const user = await stage.visitor(await stage.alias());
  const missing = [
    ['addChat', [], '(userAlias)'], ['addChat', ['a', 'b'], '(userAlias)'], ['removeChat', [], '(userAlias)'],
    ['selectChat', [], '(userAlias)'], ['getUser', [], '(userAlias)'], ['composeMessage', ['a', 'b'], '(userAlias, message, send)'],
    ['composeMessage', ['a', 'b', true, 1], '(userAlias, message, send)'], ['joinCallURL', [], '(url)'],
    ['createCall', [], '(participants, options)'],
  ];
  for (const [name, args, list] of missing) {
    const { threw } = await user.call(name, ...args);
    assert.equal(threw?.message, `Missing arguments: ${list}`, `${name}(${args.length} arguments)`);
  }
  const wrong = [
    ['addChat', [5]], ['removeChat', [{}]], ['selectChat', [true]], ['getUser', [7]], ['composeMessage', [1, 'a', true]],
    ['composeMessage', ['a', 1, true]], ['composeMessage', ['a', 'b', 'yes']], ['createCall', ['x', {}]],
    ['createCall', [['a', 'b'], {}]], ['createCall', [['a'], 'x']], ['joinCallURL', [5]],
  ];
  for (const [name, args] of wrong) {
    const { threw } = await user.call(name, ...args);
    assert.equal(threw?.$error, 'Error', `${name}(${JSON.stringify(args)}): ${JSON.stringify(threw)}`);
  }
});

scene('show, hide, open, close and toggle answer true and do as they say', async (stage) => {
  const user = await stage.user(await stage.alias());
  await user.launcher.waitFor();
  for (const name of showMethods) assert.deepEqual(await user.call(name), { returned: true }, name);
  await user.ask('closeWidget');
  await user.ask('showWidget');
  await user.ask('openWidget');
  await user.panel.waitFor();
  await user.ask('openWidget');
  await user.ask('closeWidget');
  await user.panel.waitFor({ state: 'hidden' });
  await user.ask('toggleWidget');
  await user.panel.waitFor();
  await user.ask('hideWidget');
  await user.launcher.waitFor({ state: 'hidden' });
  await user.panel.waitFor({ state: 'hidden' });
  await user.ask('showWidget');
  await user.launcher.waitFor();
  await user.panel.waitFor();
});

scene('a hidden widget stays hidden for open, select, compose-and-send and messages; addChat shows it', async (stage) => {
  const [me, other, third] = [await stage.alias('me'), await stage.alias('other'), await stage.alias('third')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { options: { hidden: true } });
  const unseen = async () => !(await user.launcher.isVisible()) && !(await user.panel.isVisible());
  assert.ok(await unseen());
  await user.event('chat_loaded');
  await user.ask('openWidget');
  await user.ask('selectChat', other);
  await user.ask('composeMessage', other, 'sent while hidden', true);
  await user.event('message_sent');
  await stage.server.post(other, me, 'an answer');
  await user.event('message_received');
  await staysTrue(unseen, 300, 'still hidden');
  await user.ask('closeWidget');
  await user.ask('addChat', third);
  await user.panel.waitFor();
  await user.launcher.waitFor();
  await user.ask('hideWidget');
  await user.ask('addChat', third);
  await user.panel.waitFor();
});

scene('a chat created by the other side shows a hidden widget', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  const user = await stage.user(me, { options: { hidden: true } });
  const peer = await stage.user(other);
  await peer.ask('addChat', me);
  await user.launcher.waitFor();
});

scene('composeMessage without sending shows, opens and fills; Send is ready', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { options: { hidden: true } });
  await user.event('chat_loaded');
  assert.deepEqual(await user.call('composeMessage', other, 'How are you?', false), { resolved: { $undefined: true } });
  await user.composer.waitFor();
  assert.equal(await user.composer.inputValue(), 'How are you?');
  await user.get('send').click();
  await user.sees(['How are you?']);
});

scene('composeMessage, selectChat and removeChat refuse what is not there', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me);
  await user.event('chat_loaded');
  for (const [name, args] of [['selectChat', ['nobody']], ['composeMessage', ['nobody', 'x', true]], ['composeMessage', ['nobody', 'x', false]], ['removeChat', ['nobody']]]) {
    const answer = await user.call(name, ...args);
    assert.ok(answer.rejected && answer.isError, `${name}: ${JSON.stringify(answer)}`);
    if (name !== 'removeChat') assert.equal(answer.rejected.name ?? answer.rejected.$error, 'channel_not_found');
  }
  const empty = await user.call('composeMessage', other, '', true);
  assert.equal(empty.rejected?.code, 'invalid_message');
  const long = await user.call('composeMessage', other, 'x'.repeat(1_000_000), true);
  assert.equal(long.rejected?.code, 'invalid_message');
  const blank = await user.call('composeMessage', other, ' \n ', true);
  assert.equal(blank.rejected?.code, 'invalid_message');
});

scene('addChat refuses an unknown user, oneself and nothing', async (stage) => {
  const me = await stage.alias('me');
  const user = await stage.user(me);
  for (const alias of ['nobody.here', me, '', null, '<b>', 'x'.repeat(500)]) {
    const answer = await user.call('addChat', alias);
    assert.equal(answer.rejected?.code, 'create_channel_oto_error', `addChat(${alias}): ${JSON.stringify(answer)}`);
    assert.equal(answer.isError, true);
    assert.ok(Array.isArray(answer.rejected.errors));
  }
  assert.deepEqual(await user.ask('getChats'), []);
});

scene('addChat of an existing chat resolves and opens the panel without selecting', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me);
  await user.ask('addChat', other);
  await user.get('chat-list').waitFor();
  assert.equal(await user.get('conversation').isVisible(), false);
  assert.equal((await user.ask('getChats')).length, 1);
});

scene('selectChat opens the conversation once the panel is open, and reads it only then', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  await stage.server.post(other, me, 'ping');
  const user = await stage.user(me);
  await user.event('chat_loaded');
  await user.ask('selectChat', other);
  assert.equal(await user.panel.isVisible(), false);
  await user.ask('openWidget');
  await user.get('conversation').waitFor();
  await eventuallyEqual(() => user.ask('getUnreadMessages'), []);
});

scene('the getters tell chats, unread and last messages, with the keys of the README', async (stage) => {
  const [me, ann, ben] = [await stage.alias('me'), await stage.alias('ann'), await stage.alias('ben')];
  await stage.server.addChat(me, ann);
  await stage.server.addChat(me, ben);
  await stage.server.post(ann, me, 'old');
  const user = await stage.user(me);
  await eventuallyEqual(async () => (await user.ask('getChats')).length, 2);
  const annChat = [me, ann].sort().join('#');
  const chats = await user.ask('getChats');
  const first = chats[0];
  assert.deepEqual(
    { chat: first.chat, unreadMessages: first.unreadMessages, participants: first.participants, author: first.lastMessage.author, message: first.lastMessage.message },
    { chat: annChat, unreadMessages: 1, participants: [ann], author: ann, message: 'old' },
  );
  assert.ok(first.lastMessage.timestamp.$date, 'timestamp is a Date');
  assert.deepEqual(chats[1].lastMessage, {});
  assert.deepEqual(await user.ask('getUnreadMessages'), [{ chat: annChat, unreadMessages: 1 }]);
  assert.equal(await user.ask('getLastMessageReceived'), null);
  assert.equal(await user.ask('getLastMessageSent'), null);

  await stage.server.post(ann, me, 'new');
  const received = await user.event('message_received');
  assert.deepEqual(await user.ask('getLastMessageReceived'), received);
  await user.ask('composeMessage', ben, 'mine', true);
  const sent = await user.event('message_sent');
  assert.deepEqual(await user.ask('getLastMessageSent'), sent);
  assert.deepEqual({ ...sent, timestamp: 0, id: 0 }, {
    id: 0, chat: [me, ben].sort().join('#'), participants: [ben], text: 'mine', timestamp: 0, sender: me,
  });
  assert.deepEqual((await user.ask('getChats')).map((chat) => chat.participants[0]), [ben, ann]);
});

scene('getUser and getUsersStatusList tell who is online', async (stage) => {
  const [me, on, off] = [await stage.alias('me'), await stage.alias('on'), await stage.alias('off')];
  const user = await stage.user(me);
  await stage.user(on);
  await eventuallyEqual(() => user.ask('getUser', on), { userAlias: on, status: 'online' });
  assert.deepEqual(await user.ask('getUser', off), { userAlias: off, status: 'offline' });
  const unknown = await user.call('getUser', 'nobody.here');
  assert.equal(unknown.isError, true);
  assert.equal(unknown.rejected.code, 3096);
  for (const nothing of ['', null]) assert.ok((await user.call('getUser', nothing)).rejected);
  const list = await user.ask('getUsersStatusList');
  for (const alias of [me, on]) assert.ok(list.some((u) => u.userAlias === alias && u.status === 'online'), alias);
  assert.ok(!list.some((u) => u.userAlias === off));
});

scene('the Client is an event emitter: on, once, off and the rest', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me);
  await user.event('chat_loaded');
  const told = await user.page.evaluate(async (alias) => {
    const heard = [];
    const { client } = window;
    const off = () => heard.push('off');
    const chained = client.on('message_sent', () => heard.push('on')) === client;
    client.once('message_sent', () => heard.push('once'));
    client.addListener('message_sent', off);
    client.off('message_sent', off);
    client.on('message_sent', () => { throw new Error('the host page’s own defect'); });
    client.on('message_sent', () => heard.push('after a thrower'));
    const count = client.listenerCount('message_sent');
    const twice = () => new Promise((done) => client.once('message_sent', () => setTimeout(done)));
    for (const text of ['a', 'b']) {
      const stored = twice();
      await window.BandyerChat.composeMessage(alias, text, true);
      await stored;
    }
    const answered = client.emit('own_event', 1);
    client.on('own_event', (value) => heard.push(value));
    const answeredNow = client.emit('own_event', 2);
    client.removeAllListeners();
    return { heard, chained, count, answered, answeredNow, left: client.listenerCount('message_sent') };
  }, other);
  stage.expectedFaults = [/the host page’s own defect/];
  assert.equal(told.chained, true);
  assert.deepEqual(told.heard, ['on', 'once', 'after a thrower', 'on', 'after a thrower', 2]);
  assert.equal(told.answeredNow, true);
  assert.equal(told.answered, false);
  assert.equal(told.left, 0);
});

scene('one instance per page; logout ends it and create works again', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me);
  assert.equal(await user.ask('isAuthenticated'), true);
  const again = await user.call('create', { accessToken: user.token, environment: 'sandbox' });
  assert.equal(again.rejected?.message, 'WIDGET_INSTANCE_ALREADY_INITIATED');
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(await user.call('logout'), { resolved: { $undefined: true } });
    assert.equal(await user.ask('isAuthenticated'), false);
    assert.equal((await user.call('getChats')).threw?.$error, 'BandyerChatWidgetNotAuthenticated');
    await eventually(async () => assert.equal(await user.launcher.count(), 0));
    assert.deepEqual(await user.call('logout'), { resolved: { $undefined: true } });
    await user.create();
    await user.launcher.waitFor();
  }
  assert.equal(await user.page.locator('#Bandyer-bandyer-chat-widget').count(), 1);
  await user.openChat(other);
});

scene('two creates at once: one lives, the other is refused', async (stage) => {
  const user = await stage.visitor(await stage.alias());
  const ends = await user.page.evaluate(async (token) => {
    const make = () => window.BandyerChat.create({ accessToken: token, environment: 'sandbox' });
    return (await Promise.allSettled([make(), make()])).map((end) => [end.status, end.reason?.message]);
  }, user.token);
  assert.deepEqual(ends, [['fulfilled', undefined], ['rejected', 'WIDGET_INSTANCE_ALREADY_INITIATED']]);
});

scene('a failed create tells why and frees the place', async (stage) => {
  stage.expectedFaults = networkNoise;
  const alias = await stage.alias();
  const user = await stage.visitor(alias);
  const { mintToken } = await import('./support/server.mjs');
  const tokens = {
    garbage: 'garbage', expired: mintToken(alias, { seconds: -60 }), foreign: mintToken(alias, { secret: 'x'.repeat(40) }),
    none: mintToken(alias, { header: { alg: 'none', typ: 'JWT' } }), unknown: mintToken('nobody.here'),
  };
  for (const [kind, accessToken] of Object.entries(tokens)) {
    const answer = await user.call('create', { accessToken, environment: 'sandbox' });
    assert.equal(answer.rejected?.name ?? answer.rejected?.$error, 'SocketConnectionError', `${kind}: ${JSON.stringify(answer)}`);
    assert.equal(await user.ask('isAuthenticated'), false);
  }
  const environment = await user.call('create', { accessToken: user.token, environment: 'moon' });
  assert.equal(environment.rejected?.name ?? environment.rejected?.$error, 'EnvironmentNotValidError');
  await user.create();
  await user.launcher.waitFor();
});

scene('a logout in the middle of create leaves nothing standing', async (stage) => {
  const user = await stage.visitor(await stage.alias());
  const end = await user.page.evaluate(async (token) => {
    const making = window.BandyerChat.create({ accessToken: token, environment: 'sandbox' }).then(() => 'created', (e) => `rejected ${e.name}`);
    await window.BandyerChat.logout();
    return Promise.race([making, new Promise((done) => setTimeout(() => done('never answered'), 8000))]);
  }, user.token);
  assert.notEqual(end, 'never answered');
  await user.create();
  await user.launcher.waitFor();
  assert.equal(await user.launcher.count(), 1);
});
