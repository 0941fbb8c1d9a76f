// The list of chats: order, search, filter, unread counts, times, and what it says when it is empty.
import assert from 'node:assert/strict';
import { setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('chat list');

async function meAnd(stage, ...names) {
  const me = await stage.alias('me');
  const others = [];
  for (const name of names) {
    const other = await stage.alias(name);
    await stage.server.addChat(me, other);
    others.push(other);
  }
  return [me, ...others];
}

scene('the chat with the newest message comes first, and moves there', async (stage) => {
  const [me, ann, ben, cat] = await meAnd(stage, 'ann', 'ben', 'cat');
  await stage.server.post(ann, me, 'first');
  await stage.server.post(cat, me, 'second');
  const user = await stage.user(me);
  await user.openPanel();
  await eventuallyEqual(() => user.aliases(), [cat, ann, ben]);
  await stage.server.post(ben, me, 'third');
  await eventuallyEqual(() => user.aliases(), [ben, cat, ann]);
  const [top] = await user.rows();
  assert.equal(top.last, 'third');
  assert.equal(top.unread, '1');
});

scene('unread messages are counted per chat, unread chats on the launcher', async (stage) => {
  const [me, ann, ben] = await meAnd(stage, 'ann', 'ben');
  for (const text of ['1', '2', '3']) await stage.server.post(ann, me, text);
  await stage.server.post(ben, me, 'x');
  const user = await stage.user(me);
  await eventuallyEqual(() => user.badge(), '2');
  await user.openPanel();
  await eventuallyEqual(async () => Object.fromEntries((await user.rows()).map((r) => [r.alias, r.unread])), { [ann]: '3', [ben]: '1' });
  assert.equal(await user.badge(), '', 'no badge while the panel is open');
  await user.openChat(ann);
  await user.backToList();
  await eventuallyEqual(async () => (await user.rows()).find((r) => r.alias === ann).unread, '');
  await user.closePanel();
  await eventuallyEqual(() => user.badge(), '1');
});

scene('search finds by name, without regard to case, and says when nothing fits', async (stage) => {
  const [me, ann, ben] = await meAnd(stage, 'Annalisa', 'Benito');
  const user = await stage.user(me);
  await user.openPanel();
  await user.row(ann).waitFor();
  await user.search.fill('  anNA');
  await eventuallyEqual(() => user.aliases(), [ann]);
  await user.search.fill('nobody at all');
  await user.ui().locator('[data-testid="empty"][data-kind="no-match"]').waitFor();
  await user.search.fill('');
  await eventually(async () => assert.equal((await user.aliases()).length, 2));
  assert.ok((await user.aliases()).includes(ben));
});

scene('the search field has the focus on a desktop', async (stage) => {
  const [me] = await meAnd(stage, 'ann');
  const user = await stage.user(me);
  await user.openPanel();
  await eventually(async () => {
    await user.page.keyboard.type('a');
    assert.match(await user.search.inputValue(), /a/);
  });
});

scene('the filter shows only those who are online', async (stage) => {
  const [me, ann, ben] = await meAnd(stage, 'ann', 'ben');
  const user = await stage.user(me);
  await user.openPanel();
  await user.row(ann).waitFor();
  await user.get('chat-filter').click();
  await user.ui().locator('[data-testid="empty"][data-kind="no-match"]').waitFor();
  await stage.user(ben);
  await eventuallyEqual(() => user.aliases(), [ben]);
  await user.get('chat-filter').click();
  await eventually(async () => assert.equal((await user.aliases()).length, 2));
});

scene('somebody without chats reads so', async (stage) => {
  const user = await stage.user(await stage.alias('lonely'));
  await user.openPanel();
  await user.ui().locator('[data-testid="empty"][data-kind="none"]').waitFor();
});

scene('times are relative', async (stage) => {
  const [me, ann] = await meAnd(stage, 'ann');
  await stage.server.post(ann, me, 'just now');
  const user = await stage.user(me);
  await user.openPanel();
  await eventually(async () => assert.match((await user.rows())[0].time, /now/i));
});

scene('times grow old by themselves', async (stage) => {
  const [me, ann] = await meAnd(stage, 'ann');
  await stage.server.post(ann, me, 'a while ago');
  const user = await stage.visitor(me);
  await user.page.clock.install();
  await user.page.reload({ waitUntil: 'load' });
  await user.create();
  await user.openPanel();
  await user.row(ann).waitFor();
  await user.page.clock.fastForward('03:00');
  await eventually(async () => assert.match((await user.rows())[0].time, /3\s*min/i));
});

scene('a draft shows in the list instead of being forgotten', async (stage) => {
  const [me, ann, ben] = await meAnd(stage, 'ann', 'ben');
  const user = await stage.user(me);
  await user.openChat(ann);
  await user.type('for ann');
  await user.backToList();
  await user.openChat(ben);
  assert.equal(await user.composer.inputValue(), '');
  await user.type('for ben');
  await user.backToList();
  await user.openChat(ann);
  assert.equal(await user.composer.inputValue(), 'for ann');
  await user.backToList();
  await user.openChat(ben);
  assert.equal(await user.composer.inputValue(), 'for ben');
});
