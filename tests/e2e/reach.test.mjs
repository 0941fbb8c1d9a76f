// Small screens, keyboards without a mouse, screen readers, people who want no motion.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bothMotions, networkNoise, setUp } from './support/stage.mjs';
import { file, png } from './support/files.mjs';
import { eventually, eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('reach', { motions: bothMotions });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** Where the focus is, through shadow roots: the test id, or what the element calls itself. */
const focus = (user) => user.page.evaluate(() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset?.testid ?? node?.closest?.('[data-testid]')?.dataset.testid ?? node?.tagName ?? null;
});

async function audit(user, view) {
  await user.page.waitForFunction(() => {
    const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
    return root.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect.getTiming().iterations === Infinity);
  });
  const found = await user.page.evaluate(async (source) => {
    if (!window.axe) (0, eval)(source);
    const { violations } = await window.axe.run('#Bandyer-bandyer-chat-widget', { resultTypes: ['violations'] });
    return violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.slice(0, 3).map((n) => `${n.target.flat().join(' ')} ${n.any.concat(n.all).map((c) => c.message).join('; ').slice(0, 200)}`).join(' | ')}`);
  }, axe);
  assert.deepEqual(found, [], `accessibility of ${view}`);
}

for (const scheme of ['light', 'dark']) {
  scene(`no accessibility violation in any view, ${scheme}`, async (stage) => {
    stage.expectedFaults = networkNoise;
    const [me, ann, ben] = [await stage.alias('me'), await stage.alias('ann'), await stage.alias('ben')];
    await stage.server.addChat(me, ann);
    await stage.server.addChat(me, ben);
    await stage.server.post(ann, me, 'unread, see https://example.org');
    const relay = await stage.relay();
    const user = await stage.user(me, { contextOptions: { colorScheme: scheme }, origin: relay.origin });
    await eventuallyEqual(() => user.badge(), '1');
    await audit(user, 'the launcher with a badge');
    await user.openPanel();
    await audit(user, 'the list');
    await user.search.fill('zzz');
    await user.ui().locator('[data-testid="empty"]').waitFor();
    await audit(user, 'the list without a match');
    await user.search.fill('');
    await user.openChat(ann);
    await user.send('an answer');
    await user.state('an answer', 'sent');
    await user.get('file-input').setInputFiles([file('a.png', png(), 'image/png')]);
    await user.get('picture-preview').first().waitFor();
    await user.get('file-input').setInputFiles([file('b.bin', 'xyz')]);
    await user.get('file-name').first().waitFor();
    await audit(user, 'the conversation');
    relay.cut();
    await user.networkBar.waitFor();
    await user.send('pending');
    await audit(user, 'the conversation without network');
    const lonely = await stage.user(await stage.alias('lonely'), { contextOptions: { colorScheme: scheme } });
    await lonely.openPanel();
    await audit(lonely, 'the empty list');
    const off = await stage.user(await stage.alias('off'), { contextOptions: { colorScheme: scheme }, options: { chat: false } });
    await off.openPanel();
    await audit(off, 'the list without chat');
    const alias = await stage.alias('over');
    const over = await stage.shortLived(alias, { contextOptions: { colorScheme: scheme } });
    await over.openPanel();
    await over.get('inactive-view').waitFor({ timeout: 60_000 });
    await audit(over, 'the session-expired view');
  });
}

scene('everything is done with the keyboard alone', async (stage) => {
  const [alice, bob] = await stage.pair();
  const { keyboard } = alice.page;
  const until = async (testId, key = 'Tab', most = 15) => {
    for (let n = 0; n < most && (await focus(alice)) !== testId; n += 1) await keyboard.press(key);
    assert.equal(await focus(alice), testId);
  };
  await until('launcher');
  await keyboard.press('Enter');
  await alice.panel.waitFor();
  await eventually(async () => assert.notEqual(await focus(alice), 'BODY'));
  await until('chat-row');
  await keyboard.press('Enter');
  await alice.composer.waitFor();
  await eventually(async () => assert.equal(await focus(alice), 'composer', 'the composer has the focus'));
  await keyboard.type('typed');
  await keyboard.press('Enter');
  await bob.event('message_received');
  await until('back', 'Shift+Tab');
  await keyboard.press('Enter');
  await alice.get('chat-list').waitFor();
  await keyboard.press('Escape');
  await alice.panel.waitFor({ state: 'hidden' });
  await eventually(async () => assert.equal(await focus(alice), 'launcher', 'the focus returns to the launcher'));
});

scene('the focus is always visible', async (stage) => {
  const [alice] = await stage.pair();
  await alice.page.keyboard.press('Tab');
  await eventually(async () => assert.equal(await focus(alice), 'launcher'));
  const ring = await alice.launcher.evaluate((node) => { const s = getComputedStyle(node); return `${s.outlineStyle} ${s.outlineWidth} ${s.boxShadow}`; });
  assert.doesNotMatch(ring, /^none 0px none$/);
});

scene('screen readers hear of new messages and know the parts by name', async (stage) => {
  const [alice, bob] = await stage.pair();
  await bob.openChat(alice.alias);
  const live = await bob.panel.evaluate((panel) => [...panel.getRootNode().querySelectorAll('[aria-live], [role=log], [role=status], [role=alert]')].length);
  assert.ok(live > 0, 'a live region exists');
  assert.ok(await bob.ui().getByRole('log').count() > 0, 'the thread is a log');
  for (const id of ['send', 'attach', 'back', 'launcher']) {
    const name = await bob.get(id).evaluate((n) => n.getAttribute('aria-label') ?? n.textContent.trim());
    assert.ok(name, `${id} has a name`);
  }
  assert.equal(await bob.launcher.getAttribute('aria-expanded'), 'true');
  await bob.closePanel();
  assert.equal(await bob.launcher.getAttribute('aria-expanded'), 'false');
});

scene('messages are announced one by one, also the same twice, and while the panel is closed', async (stage) => {
  const [alice, bob] = await stage.pair();
  const said = () => alice.get('announcer').locator('p').allTextContents();
  for (const count of [1, 2]) {
    await stage.server.post(bob.alias, alice.alias, 'ok');
    await eventuallyEqual(async () => (await said()).filter((line) => line.endsWith(': ok')).length, count);
  }
  const hidden = await alice.get('announcer').evaluate((node) => Boolean(node.closest('[aria-hidden="true"], [inert], [hidden]')) || getComputedStyle(node).visibility !== 'visible');
  assert.equal(hidden, false, 'a screen reader hears it');
});

scene('who wants no motion gets none', async (stage) => {
  const [alice, bob] = await stage.pair({ first: { contextOptions: { reducedMotion: 'reduce' } } });
  await alice.openChat(bob.alias);
  const moving = await alice.page.evaluate(() => document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot.getAnimations().filter((a) => a.playState === 'running' && a.effect.getComputedTiming().duration > 20).length);
  assert.equal(moving, 0);
});

scene('on a phone the panel fills the width and the composer stays above the keyboard', async (stage) => {
  const [alice, bob] = await stage.pair({ first: { contextOptions: phone } });
  await alice.launcher.tap();
  await alice.row(bob.alias).tap();
  await alice.composer.waitFor();
  const panel = await alice.panel.boundingBox();
  assert.ok(panel.width >= 388, `full width: ${JSON.stringify(panel)}`);
  assert.ok(panel.height >= 844 * 0.8, `nearly full height: ${JSON.stringify(panel)}`);
  assert.notEqual(await focus(alice), 'composer', 'the keyboard does not pop up by itself');
  const size = await alice.composer.evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
  assert.ok(size >= 16, 'no zoom on focus');
  await alice.composer.tap();
  await alice.page.setViewportSize({ width: 390, height: 440 });
  await eventually(async () => {
    const box = await alice.composer.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 440, JSON.stringify(box));
  });
  await alice.send('from the phone');
  await alice.state('from the phone', 'sent');
  const overflow = await alice.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, 'nothing sticks out sideways');
});

scene('touch targets are large enough', async (stage) => {
  const [alice, bob] = await stage.pair({ first: { contextOptions: phone } });
  await alice.openChat(bob.alias);
  for (const id of ['launcher', 'back', 'send', 'attach']) {
    // Once nothing moves; and a box that is a rounding error short of 36 is 36.
    await eventually(async () => {
      const { width, height } = await alice.get(id).boundingBox();
      assert.ok([width, height].every((side) => Math.round(side * 100) >= 3600), `${id}: ${width}×${height}`);
    });
  }
});
