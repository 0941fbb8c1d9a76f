// One person with several tabs and several devices.
import assert from 'node:assert/strict';
import { networkNoise, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('devices');

for (const [kind, sameProfile] of [['two tabs', true], ['two devices', false]]) {
  scene(`${kind} of one user show the same: messages, unread counts, ticks`, async (stage) => {
    const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
    await stage.server.addChat(a, b);
    const context = sameProfile ? await stage.context() : undefined;
    const [one, two, bob] = [await stage.user(a, { context }), await stage.user(a, { context }), await stage.user(b)];
    await one.openChat(b);
    await two.openPanel();
    await one.send('from one');
    const sent = await two.event('message_sent');
    assert.deepEqual(sent, await one.event('message_sent'));
    await two.openChat(b);
    await two.sees(['from one']);
    assert.deepEqual((await two.messages()).map((m) => [m.mine, m.state]), [[true, 'sent']]);
    await two.send('from two');
    await one.sees(['from one', 'from two']);
    await bob.openChat(a);
    for (const user of [one, two]) await user.state('from two', 'read');
    await two.backToList();
    await one.backToList();
    await bob.send('answer');
    for (const user of [one, two]) await eventually(async () => assert.equal((await user.rows())[0].unread, '1'));
    await one.openChat(b);
    await eventually(async () => assert.equal((await two.rows())[0].unread, ''), { message: 'read on one, read on both' });
    assert.deepEqual(await two.ask('getUnreadMessages'), []);
    assert.equal((await two.events('message_received')).length, 1);
    assert.equal((await bob.events('message_received')).length, 2);
    assert.deepEqual((await one.events('typing_started')).filter((p) => p.userAlias === a), [], 'own typing on the other device is not news');
  });
}

scene('two tabs keep their unsent messages apart: each goes out once', async (stage) => {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  const context = await stage.context();
  const one = await stage.user(a, { context, origin: relay.origin });
  const two = await stage.user(a, { context, origin: relay.origin });
  await one.openChat(b);
  await two.openChat(b);
  relay.cut();
  await one.networkBar.waitFor();
  await two.networkBar.waitFor();
  for (const n of [1, 2, 3]) {
    await one.send(`one ${n}`);
    await two.send(`two ${n}`);
  }
  relay.mend();
  await eventually(async () => {
    const stored = (await stage.server.stored(a, b)).map((m) => m.body);
    assert.deepEqual([...stored].sort(), ['one 1', 'one 2', 'one 3', 'two 1', 'two 2', 'two 3']);
    assert.deepEqual(stored.filter((t) => t.startsWith('one')), ['one 1', 'one 2', 'one 3']);
  }, { timeout: 20_000 });
  await staysTrue(async () => (await stage.server.stored(a, b)).length === 6, 800, 'and not once more');
});

scene('a tab closed with unsent messages: the next page sends them, once', async (stage) => {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  const context = await stage.context();
  const tab = await stage.user(a, { context, origin: relay.origin });
  await tab.openChat(b);
  relay.cut();
  await tab.networkBar.waitFor();
  await tab.send('left behind');
  await tab.state('left behind', 'pending');
  await tab.page.close();
  relay.mend();
  await stage.user(a, { context, origin: relay.origin });
  await eventually(async () => assert.deepEqual((await stage.server.stored(a, b)).map((m) => m.body), ['left behind']), { timeout: 15_000 });
});

scene('the user is gone only when the last device is', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  const watcher = await stage.user(b);
  const [one, two] = [await stage.user(a), await stage.user(a)];
  const left = async () => (await watcher.events('user_disconnected')).filter((p) => p.userAlias === a).length;
  await watcher.event('user_connected', (p) => p.userAlias === a);
  await one.page.close();
  await staysTrue(async () => (await left()) === 0, 3000, 'one device is left');
  await two.page.close();
  await eventuallyEqual(left, 1);
  assert.equal((await watcher.events('user_connected')).filter((p) => p.userAlias === a).length, 1);
});

scene('a logout on one device leaves the other connected', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  const [one, two] = [await stage.user(a), await stage.user(a)];
  await one.ask('logout');
  assert.equal(await two.ask('isAuthenticated'), true);
  await two.openChat(b);
  await two.send('still here');
  await two.state('still here', 'sent');
});
