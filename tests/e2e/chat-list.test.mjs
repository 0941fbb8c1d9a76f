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

scene('search finds what reads the same: accents, forms of Unicode, width, blanks at the ends', async (stage) => {
  const me = await stage.alias('me');
  const names = { josé: 'José Ñandú', nfd: 'Zoe\u0308 Jose\u0301', weiß: 'Weiß', istanbul: 'İstanbul', wide: 'Ｗｉｄｅ', bob: 'Bob  Ross' };
  const others = {};
  for (const key of Object.keys(names)) {
    others[key] = await stage.alias('friend');
    await stage.server.addChat(me, others[key]);
  }
  const byAlias = Object.fromEntries(Object.entries(others).map(([key, alias]) => [alias, names[key]]));
  const user = await stage.user(me, {
    options: { formatter: 'named' },
    init: [`window.e2eFormatters = { named: (user) => (${JSON.stringify(byAlias)})[user.userAlias] ?? user.userAlias };`],
  });
  await user.openPanel();
  await eventually(async () => assert.equal((await user.aliases()).length, 6));
  for (const [typed, found] of [
    ['jose', ['josé', 'nfd']], ['Jose\u0301', ['josé', 'nfd']], ['JOSÉ', ['josé', 'nfd']], ['nandu', ['josé']], ['zoë', ['nfd']],
    ['weiss', ['weiß']], ['WEIẞ', ['weiß']], ['istanbul', ['istanbul']], ['wide', ['wide']], ['ｗｉｄｅ', ['wide']], ['bob ', ['bob']], [' bob ross\u00a0', ['bob']],
  ]) {
    await user.search.fill(typed);
    await eventually(async () => assert.deepEqual((await user.aliases()).sort(), found.map((key) => others[key]).sort(), `“${typed}”`));
    assert.equal(await user.search.inputValue(), typed, 'what was typed stays as it is');
  }
});

scene('a name that begins with a sign has the first letter of its word, or the whole sign', async (stage) => {
  const me = await stage.alias('me');
  const names = ['🇮🇹 Italia', '👩‍👩‍👧‍👦 👍', 'e\u0301lodie'];
  const others = [];
  for (const _ of names) {
    others.push(await stage.alias('friend'));
    await stage.server.addChat(me, others.at(-1));
  }
  const byAlias = Object.fromEntries(names.map((name, n) => [others[n], name]));
  const user = await stage.user(me, {
    options: { formatter: 'named' },
    init: [`window.e2eFormatters = { named: (user) => (${JSON.stringify(byAlias)})[user.userAlias] ?? user.userAlias };`],
  });
  await user.openPanel();
  const initials = (alias) => user.row(alias).locator('> span').first().textContent();
  await eventually(async () => assert.deepEqual(await Promise.all(others.map(initials)), ['I', '👩‍👩‍👧‍👦', 'e\u0301']));
});

scene('a browser that reports locales Intl refuses', async (stage) => {
  const [me, ann] = await meAnd(stage, 'ann');
  await stage.server.post(ann, me, 'hello');
  for (const languages of [['en-US@posix', 'en'], ['C'], ['en_US.UTF-8'], ['EN-gb'], []]) {
    const user = await stage.user(me, {
      options: { language: 'en' },
      init: [`Object.defineProperty(Navigator.prototype, 'languages', { get: () => ${JSON.stringify(languages)} });`],
    });
    await user.openPanel();
    await eventually(async () => assert.match((await user.rows())[0].time, /now/i), { message: String(languages) });
    await user.openChat(ann);
    await eventually(async () => assert.match(await user.get('message-time').first().textContent(), /\d\d[:.]\d\d/));
    await user.page.close();
  }
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
