// One conversation on the screen: writing, reading back, jumping down, links, dates, drafts.
import assert from 'node:assert/strict';
import { bothMotions, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('conversation', { motions: bothMotions });

async function longChat(stage, count) {
  const [alice, bob] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(alice, bob);
  for (let n = 1; n <= count; n += 1) await stage.server.post(n % 2 ? alice : bob, n % 2 ? bob : alice, `message ${n}`);
  return [alice, bob];
}

/** Everything the thread's scroll container can tell. */
const scrolling = (user) => user.get('thread').evaluate((thread) => {
  let box = thread;
  while (box && !(box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY))) box = box.parentElement;
  if (!box) return { top: 0, height: thread.scrollHeight, view: thread.clientHeight, below: 0 };
  return { top: box.scrollTop, height: box.scrollHeight, view: box.clientHeight, below: box.scrollHeight - box.clientHeight - box.scrollTop };
});

const scrollBy = async (user, pixels) => {
  await user.get('thread').hover();
  await user.page.mouse.wheel(0, pixels);
};

scene('opens at the end, and reads back page by page without losing its place', async (stage) => {
  const [a, b] = await longChat(stage, 120);
  const alice = await stage.user(a);
  await stage.server.post(a, b, 'last one');
  await alice.openChat(b);
  await alice.message('last one').waitFor();
  await eventually(async () => assert.ok((await scrolling(alice)).below < 3, 'at the end'));

  for (let round = 0; round < 60; round += 1) {
    if ((await alice.texts())[0] === 'message 1') break;
    const [before] = await alice.texts();
    await eventually(async () => {
      await scrollBy(alice, -600);
      const [first] = await alice.texts();
      assert.ok(first === 'message 1' || first !== before, 'older messages arrive');
    });
  }
  await eventually(async () => { await scrollBy(alice, -2000); assert.equal((await alice.texts())[0], 'message 1'); });
});

scene('more unread ones than fit a page: reading begins at the first of them, and nothing stays blank', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  for (let n = 1; n <= 260; n += 1) await stage.server.post(n > 20 ? b : a, n > 20 ? a : b, `message ${n}`);
  const alice = await stage.user(a);
  await alice.openChat(b);
  await alice.get('unread-divider').waitFor();
  const view = await alice.get('thread').boundingBox();
  await eventually(async () => {
    const line = await alice.get('unread-divider').boundingBox();
    assert.ok(line.y >= view.y - 2 && line.y < view.y + view.height / 2, `the line stands at ${line.y - view.y}`);
  });
  for (const pixels of [600, -400, 4000, -9000, 20_000]) {
    await scrollBy(alice, pixels);
    await eventually(async () => {
      const shown = await alice.get('message').evaluateAll((rows) => {
        const box = rows[0]?.getRootNode().querySelector('[data-testid="thread"]').getBoundingClientRect();
        return rows.filter((row) => { const r = row.getBoundingClientRect(); return r.bottom > box.top && r.top < box.bottom; }).length;
      });
      assert.ok(shown > 1, `${shown} messages in view after ${pixels}`);
    });
  }
});

scene('older messages arriving above do not move what one reads', async (stage) => {
  const [a, b] = await longChat(stage, 90);
  const alice = await stage.user(a);
  await alice.openChat(b);
  await alice.message('message 90').waitFor();
  // Scroll to where the next page is asked for, and watch one message while it arrives.
  let moved = 0;
  for (let round = 0; round < 8; round += 1) {
    await scrollBy(alice, -300);
    const jump = await alice.get('thread').evaluate(async (thread) => {
      const rows = () => [...thread.getRootNode().querySelectorAll('[data-testid="message"]')];
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      for (let n = 0; n < 12; n += 1) await frame();
      const box = thread.getBoundingClientRect();
      const anchor = rows().find((row) => row.getBoundingClientRect().top > box.top + 20);
      const seq = anchor.dataset.seq;
      const start = anchor.getBoundingClientRect().top;
      let worst = 0;
      for (let n = 0; n < 30; n += 1) {
        await frame();
        const now = rows().find((row) => row.dataset.seq === seq);
        if (now) worst = Math.max(worst, Math.abs(now.getBoundingClientRect().top - start));
      }
      return worst;
    });
    moved = Math.max(moved, jump);
  }
  assert.ok(moved <= 2, `a message in view moved by ${moved} px while nobody scrolled`);
});

scene('scrolled up, new messages are counted and the button leads down', async (stage) => {
  const [a, b] = await longChat(stage, 60);
  const alice = await stage.user(a);
  await alice.openChat(b);
  await alice.message('message 60').waitFor();
  assert.equal(await alice.get('jump-down').count(), 0);
  await scrollBy(alice, -900);
  await alice.get('jump-down').waitFor();
  const before = await scrolling(alice);
  await stage.server.post(b, a, 'new 1');
  await stage.server.post(b, a, 'new 2');
  await eventually(async () => assert.equal((await alice.get('jump-count').textContent()).trim(), '2'));
  assert.ok((await scrolling(alice)).below >= before.below, 'the view did not jump by itself');
  await alice.get('jump-down').click();
  await alice.message('new 2').waitFor();
  await eventually(async () => assert.ok((await scrolling(alice)).below < 3));
  await eventually(async () => assert.equal(await alice.get('jump-down').count(), 0));
});

scene('at the end, a new message keeps the end in view', async (stage) => {
  const [a, b] = await longChat(stage, 40);
  const alice = await stage.user(a);
  await alice.openChat(b);
  await alice.message('message 40').waitFor();
  for (let n = 1; n <= 5; n += 1) {
    await stage.server.post(b, a, `fresh ${n}\nof three\nlines`);
    await alice.get('message').filter({ hasText: `fresh ${n}` }).waitFor();
    await eventually(async () => assert.ok((await scrolling(alice)).below < 3, 'still at the end'));
  }
});

scene('Enter sends, Shift+Enter breaks the line, blank is not sent', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  assert.equal(await alice.get('send').isDisabled(), true);
  await alice.composer.fill('   \n ');
  assert.equal(await alice.get('send').isDisabled(), true);
  await alice.composer.press('Enter');
  await alice.composer.fill('');
  const oneLine = (await alice.composer.boundingBox()).height;
  await alice.type('first line');
  await alice.page.keyboard.press('Shift+Enter');
  await alice.page.keyboard.type('second line');
  await eventually(async () => assert.ok((await alice.composer.boundingBox()).height > oneLine, 'grows with the text'));
  await alice.page.keyboard.press('Enter');
  await alice.sees(['first line\nsecond line']);
  assert.equal(await alice.composer.inputValue(), '');
  await eventually(async () => assert.ok(Math.abs((await alice.composer.boundingBox()).height - oneLine) < 2, 'and shrinks again'));
  await eventually(async () => assert.equal((await alice.events('message_sent')).length, 1, 'the blank one was not sent'));
  await alice.type('by button');
  await alice.get('send').click();
  await alice.sees(['first line\nsecond line', 'by button']);
  await alice.type('and on');
  assert.equal(await alice.composer.inputValue(), 'and on', 'the focus stayed in the composer');
});

scene('the composer grows to several lines, not without end', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await alice.composer.fill(Array.from({ length: 60 }, (_, n) => `line ${n}`).join('\n'));
  const [composer, panel] = [await alice.composer.boundingBox(), await alice.panel.boundingBox()];
  assert.ok(composer.height < panel.height / 2, 'leaves room for the thread');
  assert.ok(composer.y + composer.height <= panel.y + panel.height + 1, 'stays inside the panel');
});

scene('an address becomes a link to a new tab, anything else stays text', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  await alice.send('see https://example.org/a?b=1&c=2, and javascript:alert(1) and www.example.org/x).');
  const text = bob.get('message-text').first();
  await text.waitFor();
  const links = await text.locator('a').evaluateAll((found) => found.map((a) => ({ href: a.href, target: a.target, rel: a.rel, text: a.textContent })));
  assert.equal(links[0].href, 'https://example.org/a?b=1&c=2');
  assert.equal(links[0].text, 'https://example.org/a?b=1&c=2');
  for (const link of links) {
    assert.match(link.href, /^https?:/);
    assert.equal(link.target, '_blank');
    assert.match(link.rel, /noopener/);
  }
});

scene('days are set apart, and the time of a message shows', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await alice.send('today');
  await alice.state('today', 'sent');
  assert.equal(await alice.get('date-divider').count(), 1);
  assert.match((await alice.get('message-time').first().textContent()).trim(), /^\d{1,2}[:.]\d\d/);
});

scene('a draft survives closing the panel, and a reload', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await alice.type('not finished');
  await alice.closePanel();
  await alice.openPanel();
  assert.equal(await alice.composer.inputValue(), 'not finished');
  await eventually(async () => {
    const kept = await alice.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.match(kept, /not finished/);
  }, { message: 'the draft is kept on the device' });
  await alice.page.reload({ waitUntil: 'load' });
  await alice.create();
  await alice.openChat(bob.alias);
  await eventuallyEqual(() => alice.composer.inputValue(), 'not finished');
});

scene('a message that is too long is refused before it leaves, and nothing is lost', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await alice.composer.fill('x'.repeat(1_000_000), { timeout: 120_000 });
  await alice.ui().getByText(/990,?000/).waitFor();
  await alice.composer.press('Enter');
  await alice.get('notice').waitFor();
  assert.equal((await alice.composer.inputValue()).length, 1_000_000);
  await staysTrue(async () => (await alice.events('message_sent')).length === 0, 400);
  await alice.composer.fill('x'.repeat(10_000));
  await alice.composer.press('Enter');
  await alice.state('x'.repeat(10_000), 'sent');
});

scene('emoji, right-to-left and combining text arrive as they were written', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  const texts = ['👩‍👩‍👧‍👦 ok', 'שלום עולם', 'e\u0301\u0300\u0323', '\u202Eevil', 'a'.repeat(500), '  spaces   kept  '];
  for (const text of texts) await alice.send(text);
  await eventually(async () => assert.deepEqual((await bob.texts()).map((t) => t.trim()), texts.map((t) => t.trim())));
  const overflow = await bob.get('thread').evaluate((thread) => thread.scrollWidth - thread.clientWidth);
  assert.ok(overflow <= 1, 'a long word breaks instead of widening the thread');
});

scene('each paragraph has its own direction', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await stage.server.post(bob.alias, alice.alias, 'שלום עולם.\nHello world.\nمرحبا!');
  const text = alice.get('message-text').first();
  await text.waitFor();
  // Where the last sign of each line stands, from the left edge of its line.
  const signs = await text.evaluate((span) => {
    const node = span.firstChild;
    const at = (place) => { const range = document.createRange(); range.setStart(node, place); range.setEnd(node, place + 1); return range.getBoundingClientRect().x; };
    let start = 0;
    return node.data.split('\n').map((line) => { const [first, last] = [at(start), at(start + line.length - 1)]; start += line.length + 1; return last < first ? 'left' : 'right'; });
  });
  assert.deepEqual(signs, ['left', 'right', 'left']);
});

scene('copied messages are their texts, a line each', async (stage) => {
  const [alice, bob] = await stage.pair({ first: { contextOptions: { permissions: ['clipboard-read', 'clipboard-write'] } } });
  await alice.openChat(bob.alias);
  for (const [from, text] of [[bob, 'the first'], [alice, 'the second'], [bob, 'the third\nof two lines']]) {
    await stage.server.post(from.alias, from === bob ? alice.alias : bob.alias, text);
  }
  await alice.message('the first').waitFor();
  await alice.get('message').filter({ hasText: 'of two lines' }).waitFor();
  const [from, to] = [alice.get('message-text').first(), alice.get('message-text').last()];
  const [a, b] = [await from.boundingBox(), await to.boundingBox()];
  await alice.page.mouse.move(a.x + 1, a.y + 6);
  await alice.page.mouse.down();
  await alice.page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 8 });
  await alice.page.mouse.move(b.x + b.width + 2, b.y + b.height - 4, { steps: 4 });
  await alice.page.mouse.up();
  await alice.page.keyboard.press('Control+c');
  await eventually(async () => assert.equal(await alice.page.evaluate(() => navigator.clipboard.readText()), 'the first\nthe second\nthe third\nof two lines'));
});

scene('letters with hundreds of marks stay in their own bubble', async (stage) => {
  const [alice, bob] = await stage.pair();
  await alice.openChat(bob.alias);
  await stage.server.post(bob.alias, alice.alias, 'a quiet neighbour');
  await stage.server.post(bob.alias, alice.alias, 'Z' + '\u0335\u0317\u0308\u0301\u030b'.repeat(80) + 'algo');
  await alice.get('message').filter({ hasText: 'algo' }).waitFor();
  const row = alice.message('a quiet neighbour');
  await alice.get('thread').evaluate(async (thread) => { await Promise.allSettled(thread.getRootNode().getAnimations().map((one) => one.finished)); });
  const before = await row.screenshot();
  await alice.get('message').last().evaluate((node) => { node.style.visibility = 'hidden'; });
  assert.ok(before.equals(await row.screenshot()), 'nothing is painted over the message above');
});

scene('the device moves to another time zone: times and days follow', async (stage) => {
  // Without a zone of the test's own, which would hold the browser to it.
  const [alice, bob] = await stage.pair({ first: { contextOptions: { timezoneId: undefined } } });
  const cdp = await alice.page.context().newCDPSession(alice.page);
  const move = async (timezoneId) => {
    await cdp.send('Emulation.setTimezoneOverride', { timezoneId: '' });
    await cdp.send('Emulation.setTimezoneOverride', { timezoneId });
    await alice.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  };
  await move('UTC');
  await alice.openChat(bob.alias);
  await stage.server.post(bob.alias, alice.alias, 'what time is it');
  await alice.message('what time is it').waitFor();
  const hour = async () => Number(/\d+(?=[:.]\d\d$)/.exec((await alice.get('message-time').first().textContent()).trim())[0]);
  await eventually(async () => assert.equal(await hour(), new Date().getUTCHours()));
  const before = await hour();
  await move('Asia/Tokyo');
  await eventually(async () => assert.equal(await hour(), (before + 9) % 24));
});
