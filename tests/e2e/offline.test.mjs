// The network goes and comes back: what was typed is never lost, goes out once and in order, and nobody sees an error.
import assert from 'node:assert/strict';
import { networkNoise, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('offline');
const back = { timeout: 20_000 };

async function behindRelay(stage) {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [alice, bob] = await stage.pair({ first: { origin: relay.origin } });
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  await alice.send('before');
  await bob.sees(['before']);
  return [relay, alice, bob];
}

scene('cut: messages are pending, and arrive once and in order afterwards', async (stage) => {
  const [relay, alice, bob] = await behindRelay(stage);
  relay.cut();
  await alice.networkBar.waitFor();
  assert.equal(await alice.ask('isAuthenticated'), true, 'a lost line is not a lost session');
  const texts = Array.from({ length: 12 }, (_, n) => `offline ${n}`);
  for (const text of texts) await alice.send(text);
  for (const message of (await alice.messages()).slice(1)) assert.equal(message.state, 'pending');
  await stage.server.post(bob.alias, alice.alias, 'meanwhile');
  relay.mend();
  await bob.sees(['before', 'meanwhile', ...texts], back);
  await eventuallyEqual(() => alice.texts(), ['before', 'meanwhile', ...texts], back);
  await eventually(async () => assert.equal(await alice.networkBar.isVisible(), false));
  assert.deepEqual((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body), ['before', 'meanwhile', ...texts]);
  assert.equal((await alice.events('message_sent')).length, 13);
  assert.equal((await alice.events('message_received')).length, 1);
});

scene('pending messages survive a reload, also while still offline', async (stage) => {
  const [relay, alice, bob] = await behindRelay(stage);
  relay.cut();
  await alice.networkBar.waitFor();
  for (const text of ['kept 1', 'kept 2', 'kept 3']) await alice.send(text);
  await alice.type('and a draft');
  await eventually(async () => {
    const kept = await alice.page.evaluate(() => JSON.stringify({ ...localStorage }));
    for (const text of ['kept 1', 'kept 2', 'kept 3', 'and a draft']) assert.ok(kept.includes(text), text);
  });
  relay.mend();
  await alice.page.reload({ waitUntil: 'load' });
  await alice.create();
  await bob.sees(['before', 'kept 1', 'kept 2', 'kept 3'], back);
  await alice.openChat(bob.alias);
  await alice.sees(['before', 'kept 1', 'kept 2', 'kept 3']);
  await eventuallyEqual(() => alice.composer.inputValue(), 'and a draft');
  assert.deepEqual((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body), ['before', 'kept 1', 'kept 2', 'kept 3']);
  await eventually(async () => {
    const kept = await alice.page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.ok(!kept.includes('kept 1'), 'what was sent is no longer kept');
  });
});

const keptOf = (user) => user.page.evaluate(() => JSON.stringify({ ...localStorage }));

scene('a page of the site without chats leaves drafts and unsent messages of the others alone', async (stage) => {
  const [relay, alice, bob] = await behindRelay(stage);
  relay.cut();
  await alice.networkBar.waitFor();
  await alice.send('written offline');
  await alice.type('half a draft');
  await eventually(async () => assert.match(await keptOf(alice), /written offline.*half a draft|half a draft.*written offline/));
  const home = alice.page.url();
  relay.mend();
  await alice.goto(home);
  await alice.create({ tools: { chat: false } });
  await alice.ask('getUsersStatusList');
  assert.match(await keptOf(alice), /written offline.*half a draft|half a draft.*written offline/);
  await alice.goto(home);
  await alice.create();
  await bob.sees(['before', 'written offline'], back);
  await alice.openChat(bob.alias);
  await eventuallyEqual(() => alice.composer.inputValue(), 'half a draft');
  assert.deepEqual((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body), ['before', 'written offline']);
});

scene('two pages of one person share a draft, and sending it on one takes it from the other', async (stage) => {
  const [alice, bob] = await stage.pair();
  const again = await stage.user(alice.alias, { context: alice.page.context() });
  await Promise.all([alice.openChat(bob.alias), again.openChat(bob.alias)]);
  await alice.type('begun here');
  await eventuallyEqual(() => again.composer.inputValue(), 'begun here');
  await again.type(', sent there');
  await eventuallyEqual(() => alice.composer.inputValue(), 'begun here, sent there');
  await again.composer.press('Enter');
  await bob.openChat(alice.alias);
  await bob.sees(['begun here, sent there']);
  await eventuallyEqual(() => alice.composer.inputValue(), '');
});

scene('a line that stands but carries nothing is noticed, and nothing doubles', async (stage) => {
  const [relay, alice, bob] = await behindRelay(stage);
  relay.freeze();
  await alice.send('into the tunnel');
  await alice.state('into the tunnel', 'pending');
  await alice.networkBar.waitFor({ timeout: 60_000 });
  relay.mend();
  await bob.sees(['before', 'into the tunnel'], back);
  await alice.state('into the tunnel', 'read', back);
  await staysTrue(async () => (await bob.texts()).length === 2, 400, 'once only');
}, { timeout: 120_000 });

scene('cut again and again while writing: each message arrives exactly once', async (stage) => {
  const [relay, alice, bob] = await behindRelay(stage);
  const texts = [];
  for (let n = 0; n < 40; n += 1) {
    texts.push(`n ${n}`);
    await alice.send(`n ${n}`);
    if (n % 8 === 3) relay.cut();
    if (n % 8 === 6) relay.mend();
  }
  relay.mend();
  await eventually(async () => {
    assert.deepEqual((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body), ['before', ...texts]);
  }, { timeout: 40_000 });
  await alice.state('n 39', 'read', back);
  await eventually(async () => assert.deepEqual((await bob.texts()).slice(-20), texts.slice(-20)), back);
});

scene('a graceful restart shows nobody an error', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  await alice.page.evaluate(() => {
    window.seen = [];
    const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
    new MutationObserver(() => {
      for (const id of ['network-bar', 'notice', 'inactive-view']) {
        const node = root.querySelector(`[data-testid="${id}"]`);
        if (node && node.getClientRects().length && !window.seen.includes(id)) window.seen.push(id);
      }
    }).observe(root, { subtree: true, childList: true, attributes: true });
  });
  await stage.server.restart();
  await alice.send('after the restart');
  await bob.sees(['after the restart'], back);
  await alice.state('after the restart', 'read', back);
  assert.deepEqual(await alice.page.evaluate(() => window.seen), [], 'no error, bar or view was shown');
  for (const user of [alice, bob]) {
    assert.deepEqual((await user.events()).filter((e) => /expired|force/.test(e.name)), []);
    assert.equal(await user.ask('isAuthenticated'), true);
  }
});

scene('what happened while away is caught up with: messages, read marks, chats', async (stage) => {
  const [relay, alice, bob] = await behindRelay(stage);
  await alice.send('will be read');
  await bob.sees(['before', 'will be read']);
  await bob.closePanel();
  await alice.send('unread so far');
  await alice.state('unread so far', 'sent');
  relay.cut();
  await alice.networkBar.waitFor();
  await bob.openPanel();
  const carl = await stage.alias('carl');
  await stage.server.addChat(alice.alias, carl);
  await stage.server.post(carl, alice.alias, 'new chat');
  const missed = Array.from({ length: 45 }, (_, n) => `missed ${n}`);
  for (const text of missed) await stage.server.post(bob.alias, alice.alias, text);
  relay.mend();
  await alice.event('message_read', (message) => message.text === 'unread so far', back);
  await eventually(async () => assert.equal((await alice.texts()).at(-1), 'missed 44'), back);
  const received = (await alice.events('message_received')).map((m) => m.text).filter((t) => t.startsWith('missed'));
  assert.deepEqual(received, missed, 'told to the host page once each, in order');
  await alice.backToList();
  await alice.row(carl).waitFor();
});
