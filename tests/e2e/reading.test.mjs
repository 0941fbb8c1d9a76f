// What counts as read: what stood on the screen while somebody could see it, and nothing else.
import assert from 'node:assert/strict';
import { hostPage, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('reading');

/** The tab of the page goes to the back, or comes to front again. */
const setHidden = (user, hidden) => user.page.evaluate((now) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (now ? 'hidden' : 'visible') });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

const unread = async (user) => (await user.ask('getUnreadMessages')).reduce((sum, chat) => sum + chat.unreadMessages, 0);

/** That many messages of the first user to the second. */
async function written(stage, from, to, count) {
  for (let n = 1; n <= count; n += 1) await stage.server.post(from, to, `message ${n}`);
}

const scrollBy = async (user, pixels) => {
  await user.get('thread').hover();
  await user.page.mouse.wheel(0, pixels);
};

scene('in a hidden tab nothing is read, and on return at once', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  await setHidden(alice, true);
  await bob.send('are you there?');
  await alice.message('are you there?').waitFor();
  await bob.state('are you there?', 'sent');
  await staysTrue(async () => (await unread(alice)) === 1 && (await bob.messages())[0].state === 'sent', 600);
  await setHidden(alice, false);
  await bob.state('are you there?', 'read');
  await eventuallyEqual(() => unread(alice), 0);
});

scene('scrolled up, a message is unread until it was on the screen', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  await written(stage, a, b, 60);
  const [alice, bob] = [await stage.user(a), await stage.user(b)];
  await Promise.all([alice.openChat(b), bob.openChat(a)]);
  await alice.message('message 60').waitFor();
  await scrollBy(alice, -900);
  await alice.get('jump-down').waitFor();
  await bob.send('far below');
  await eventually(async () => assert.equal((await alice.get('jump-count').textContent()).trim(), '1'));
  await staysTrue(async () => (await unread(alice)) === 1, 400);
  await bob.state('far below', 'sent');
  await scrollBy(alice, 5000);
  await bob.state('far below', 'read');
  await eventuallyEqual(() => unread(alice), 0);
  assert.equal(await alice.get('jump-down').count(), 0);
});

scene('120 unread messages: the button says how many are still below', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  await written(stage, b, a, 120);
  const alice = await stage.user(a);
  await alice.openChat(b);
  await alice.get('unread-divider').waitFor();
  const below = async () => {
    const last = Math.max(...(await alice.get('message').evaluateAll((rows) => {
      const box = rows[0].getRootNode().querySelector('[data-testid="thread"]').getBoundingClientRect();
      return rows.filter((row) => { const r = row.getBoundingClientRect(); return (r.top + r.bottom) / 2 <= box.bottom; }).map((row) => Number(row.dataset.seq));
    })));
    return 120 - last;
  };
  const told = async () => Number(/(\d+) new/.exec(await alice.get('jump-down').getAttribute('aria-label'))[1]);
  await eventually(async () => assert.equal(await told(), await below()));
  assert.ok((await told()) > 90);
  assert.equal(await unread(alice), await told());
  await scrollBy(alice, 1500);
  await eventually(async () => { assert.equal(await told(), await below()); assert.ok((await told()) < 100); });
  await alice.get('jump-down').click();
  await eventuallyEqual(() => unread(alice), 0);
});

scene('a widget far down in its page reads nothing before one has scrolled to it', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  await written(stage, b, a, 3);
  const body = '<div style="height:4000px"></div><div id="chat" style="width:370px;height:500px"></div>';
  const alice = await stage.visitor(a, { html: hostPage(stage.server.origin, { body }) });
  await alice.create({ container: '#chat' });
  await alice.ask('openWidget');
  await alice.ask('selectChat', b);
  await alice.message('message 3').waitFor({ state: 'attached' });
  await staysTrue(async () => (await unread(alice)) === 3, 600);
  await alice.page.evaluate(() => document.querySelector('#chat').scrollIntoView());
  await eventuallyEqual(() => unread(alice), 0);
});
