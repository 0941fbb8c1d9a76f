// One script tag on two pages, and two people talk.
import assert from 'node:assert/strict';
import { setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('two users');
const chatId = (a, b) => [a.alias, b.alias].sort().join('#');

scene('a message goes from one window to the other, with ticks, badge and events', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await alice.send('hello bob');

  await alice.state('hello bob', 'sent');
  await eventuallyEqual(() => bob.badge(), '1');
  const sent = await alice.event('message_sent');
  const received = await bob.event('message_received');

  assert.equal(typeof sent.id, 'string');
  assert.match(sent.timestamp.$date, /^\d{4}-\d\d-\d\dT/);
  assert.ok(Math.abs(Date.parse(sent.timestamp.$date) - Date.now()) < 60_000, 'timestamp is now');
  assert.deepEqual(sent, {
    id: sent.id, chat: chatId(alice, bob), participants: [bob.alias], text: 'hello bob',
    timestamp: sent.timestamp, sender: alice.alias,
  });
  assert.deepEqual(received, { ...sent, participants: [alice.alias] });
  assert.deepEqual(await alice.events('message_received'), []);
  assert.deepEqual(await bob.events('message_sent'), []);
  assert.deepEqual(await alice.events('message_read'), [], 'nobody has looked at it yet');

  await bob.openChat(alice.alias);
  await bob.sees(['hello bob']);
  assert.equal((await bob.messages())[0].mine, false);
  await alice.state('hello bob', 'read');
  assert.deepEqual(await alice.event('message_read'), { ...sent });

  await bob.send('hello alice');
  await alice.sees(['hello bob', 'hello alice']);
  await bob.state('hello alice', 'read');
  assert.equal((await alice.events('message_sent')).length, 1);
  assert.equal((await bob.events('message_received')).length, 1);
});

scene('a fast writer and a fast answerer see the same order', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  const write = async (user, word) => { for (let n = 0; n < 15; n += 1) await user.send(`${word} ${n}`); };
  await Promise.all([write(alice, 'a'), write(bob, 'b')]);
  await eventually(async () => {
    const [left, right] = (await Promise.all([alice.messages(), bob.messages()])).map((all) => all.slice(-12));
    assert.deepEqual(left.map((m) => m.seq), Array.from({ length: 12 }, (_, n) => n + 19), 'the end of the thread');
    assert.deepEqual(left.map((m) => m.text), right.map((m) => m.text));
    assert.ok(left.every((m, i) => m.mine !== right[i].mine));
  });
  const stored = (await stage.server.stored(alice.alias, bob.alias)).map((message) => message.body);
  for (const word of ['a', 'b']) {
    const own = stored.filter((text) => text.startsWith(word));
    assert.deepEqual(own, Array.from({ length: 15 }, (_, n) => `${word} ${n}`), 'each writer’s own order');
  }
});

scene('typing shows at the other side and goes away with the message', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openPanel()]);
  await alice.type('hm');
  await eventually(async () => assert.match((await bob.rows())[0].last, /typing/i));
  assert.deepEqual(await bob.event('typing_started'), {
    userAlias: alice.alias, chat: chatId(alice, bob), participants: [alice.alias],
  });
  await bob.openChat(alice.alias);
  await alice.composer.press('Enter');
  // It goes with the message, not later by itself: one look tells of both.
  const there = () => bob.get('message').or(bob.get('typing')).evaluateAll((found) => found.map((node) => node.dataset.testid));
  const first = await eventually(async () => { const ids = await there(); return ids.includes('message') && ids; });
  assert.deepEqual(first, ['message']);
  await bob.sees(['hm']);
  assert.deepEqual(await alice.events('typing_started'), [], 'one does not hear oneself typing');
});

scene('typing ends by itself, and is told at most once in five seconds', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  await alice.type('one');
  await bob.get('typing').first().waitFor();
  await alice.type(' two');
  await eventually(async () => assert.equal(await bob.get('typing').count(), 0));
  assert.equal((await bob.events('typing_started')).length, 1);
});

scene('a closed panel leaves messages unread until it opens', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await bob.openChat(alice.alias);
  await bob.closePanel();
  await alice.send('anybody there?');
  await eventuallyEqual(() => bob.badge(), '1');
  await alice.state('anybody there?', 'sent');
  await bob.openPanel();
  await alice.state('anybody there?', 'read');
  assert.equal(await bob.badge(), '');
});

scene('the unread divider stands before the first unread message', async (stage) => {
  const [alice, bob] = await stage.pair();
  await bob.openChat(alice.alias);
  await alice.openChat(bob.alias);
  await alice.send('seen');
  await alice.state('seen', 'read');
  await bob.backToList();
  for (const text of ['new one', 'new two']) await alice.send(text);
  await eventually(async () => assert.equal((await bob.rows())[0].unread, '2'));
  await bob.openChat(alice.alias);
  await bob.sees(['seen', 'new one', 'new two']);
  const divider = await bob.get('unread-divider').boundingBox();
  const before = await bob.message('seen').boundingBox();
  const after = await bob.message('new one').boundingBox();
  assert.ok(before.y < divider.y && divider.y < after.y, 'between the read and the unread one');
  await bob.backToList();
  await bob.openChat(alice.alias);
  await bob.sees(['seen', 'new one', 'new two']);
  assert.equal(await bob.get('unread-divider').count(), 0, 'gone at the next look');
});

scene('presence: the one hears of the other coming and going', async (stage) => {
  const [alice, bob] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(alice, bob);
  const here = await stage.user(alice);
  await here.openPanel();
  assert.equal((await here.rows())[0].online, false);
  const there = await stage.user(bob);
  const mine = (payload) => payload.userAlias === bob;
  assert.deepEqual(await here.event('user_connected', mine), { userAlias: bob, status: 'online' });
  await eventually(async () => assert.equal((await here.rows())[0].online, true));
  await here.openChat(bob);
  await eventually(async () => assert.match(await here.get('conversation-status').textContent(), /online/i));
  await there.ask('logout');
  assert.deepEqual(await here.event('user_disconnected', mine), { userAlias: bob, status: 'offline' });
  await eventually(async () => assert.match(await here.get('conversation-status').textContent(), /offline/i));
  assert.equal((await here.events('user_connected')).filter(mine).length, 1);
  assert.equal((await here.events('user_disconnected')).filter(mine).length, 1);
});

scene('a reload is not a departure', async (stage) => {
  const [alice, bob] = await stage.pair();
  await bob.page.reload({ waitUntil: 'load' });
  await bob.create();
  await alice.openChat(bob.alias);
  await alice.send('still there');
  await bob.event('message_received');
  assert.deepEqual((await alice.events('user_disconnected')).filter((p) => p.userAlias === bob.alias), []);
});

scene('a chat begun by the other side appears by itself', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  const [alice, bob] = await Promise.all([stage.user(a), stage.user(b)]);
  await bob.openPanel();
  await alice.ask('addChat', b);
  await bob.row(a).waitFor();
  for (const user of [alice, bob]) {
    const loaded = await user.event('chat_loaded');
    assert.deepEqual(loaded, {
      chat: [a, b].sort().join('#'), participants: loaded.participants, lastMessage: {},
      dateCreated: loaded.dateCreated, createdBy: a, unreadMessages: 0,
    });
    assert.deepEqual([...loaded.participants].sort(), [a, b].sort());
    assert.ok(loaded.dateCreated.$date, 'dateCreated is a Date');
  }
});

scene('chat_loaded comes once per existing chat, after create, with its last message', async (stage) => {
  const me = await stage.alias('me');
  const others = [];
  for (const name of ['ann', 'ben', 'cat']) {
    const other = await stage.alias(name);
    await stage.server.addChat(me, other);
    await stage.server.post(other, me, `from ${name}`);
    others.push(other);
  }
  const user = await stage.user(me);
  await eventuallyEqual(async () => (await user.events('chat_loaded')).length, 3);
  const loaded = await user.event('chat_loaded', (p) => p.chat.includes(others[1]));
  assert.equal(loaded.unreadMessages, 1);
  assert.equal(loaded.lastMessage.author, others[1]);
  assert.equal(loaded.lastMessage.message, 'from ben');
  assert.match(loaded.lastMessage.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, 'ISO text');
});
