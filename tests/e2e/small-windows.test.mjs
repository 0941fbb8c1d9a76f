// Windows as small as a phone's, or as a large one seen at four times its size: whatever acts is inside, and under nothing.
import assert from 'node:assert/strict';
import { callers, connect, holdTime, setUpCalls } from './support/calls.mjs';
import { file } from './support/files.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('small-windows');

const sizes = [[320, 200], [320, 256], [390, 430], [320, 568]].map(([width, height]) => ({ width, height }));

/** Runs in the page: what acts and cannot be reached with a pointer, after scrolling to it, and why. */
function outOfReach() {
  const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
  const name = (node) => node?.dataset?.testid ?? node?.getAttribute?.('aria-label') ?? node?.outerHTML?.slice(0, 80) ?? 'nothing';
  const isSeen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest('[inert]') && !node.closest('.bw-said');
  const acts = [...root.querySelectorAll('button, a[href], textarea, select, input:not([type=file]), label.add')].filter(isSeen);
  const found = [];
  for (const node of acts) {
    node.scrollIntoView({ block: 'nearest' });
    const box = node.getBoundingClientRect();
    const outside = [box.left, box.top, innerWidth - box.right, innerHeight - box.bottom].map((rest) => Math.round(Math.min(rest, 0)));
    if (box.width < 1 || box.height < 1) found.push(`${name(node)}: without a size`);
    if (outside.some((rest) => rest < 0)) found.push(`${name(node)}: outside (left, top, right, bottom) ${outside}`);
    for (const [x, y] of [[0.5, 0.5], [0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]) {
      const hit = root.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      if (!node.contains(hit)) { found.push(`${name(node)}: under ${name(hit)}`); break; }
    }
  }
  return { acts: acts.map(name), found: [...new Set(found)] };
}

/** In every size; `expected` are some of what must be there. */
async function isInReach(user, view, expected) {
  for (const size of sizes) {
    await user.page.setViewportSize(size);
    // Over the pictures of a call, buttons are seen where a pointer is.
    await user.page.mouse.move(size.width / 2, size.height / 2);
    // What moves in or waits a moment is looked at when it is there.
    await eventually(async () => {
      const { acts, found } = await user.page.evaluate(outOfReach);
      for (const id of expected) assert.ok(acts.includes(id), `${view} at ${size.width}×${size.height} has no ${id}: ${acts}`);
      assert.deepEqual(found, [], `${view} at ${size.width}×${size.height}`);
    });
  }
}

const small = { contextOptions: { viewport: sizes[0] } };

scene('lists and conversations', async (stage) => {
  const [alice, bob] = await callers(stage, { first: small });
  await isInReach(alice, 'the launcher', ['launcher']);
  await alice.openPanel();
  await isInReach(alice, 'the list', ['chat-row', 'chat-search', 'launcher']);
  await alice.search.fill('zzz');
  await alice.get('empty').waitFor();
  await isInReach(alice, 'a list without a match', ['chat-search']);
  await alice.search.fill('');
  await alice.openChat(bob.alias);
  await isInReach(alice, 'an empty conversation', ['composer', 'attach', 'back', 'header-call-audio', 'launcher']);
  await alice.composer.fill('one\ntwo\nthree\nfour\nfive\nsix\nseven\neight');
  await isInReach(alice, 'a long draft', ['composer', 'send', 'back']);
  await alice.composer.press('Enter');
  await alice.get('message').first().waitFor();
  await alice.get('file-input').setInputFiles([file('large.bin', 'x'.repeat(64))]);
  await alice.get('file-name').first().waitFor();
  for (const text of ['one', 'two', 'three']) await bob.ask('composeMessage', alice.alias, text, true);
  await alice.message('three').waitFor();
  await isInReach(alice, 'a conversation', ['composer', 'back']);
});

scene('an empty conversation is no text over text', async (stage) => {
  const [alice, bob] = await callers(stage, { first: small });
  await alice.openChat(bob.alias);
  for (const size of sizes) {
    await alice.page.setViewportSize(size);
    const over = await alice.get('conversation').evaluate((view) => {
      const box = (node) => node.getBoundingClientRect();
      const space = box(view.querySelector('.messages'));
      const seen = [...view.querySelectorAll('.beginning > *')].filter((node) => node.checkVisibility());
      return seen.filter((node) => box(node).top < space.top - 0.5 || box(node).bottom > space.bottom + 0.5).map((node) => node.textContent);
    });
    assert.deepEqual(over, [], `${size.width}×${size.height}`);
  }
});

scene('rings, and what comes of them', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { ...small, options: { feedback: true }, init: holdTime } });
  await bob.createsCall(alice);
  await alice.rings();
  await isInReach(alice, 'a ring', ['dial-accept', 'dial-decline', 'launcher']);
  await alice.declines();
  await bob.notDialing();
  await alice.createsCall(bob);
  await isInReach(alice, 'a call that rings there', ['dial-stop', 'call-chat']);
  await bob.rings();
  // As long as it takes: the time of the page stands still.
  await alice.page.evaluate(() => { window.timeStands = true; });
  await bob.declines();
  await alice.get('notice').waitFor();
  await isInReach(alice, 'a notice', ['chat-row', 'launcher']);
  await alice.page.evaluate(() => window.letTimePass());
  await connect(bob, alice, { callType: 'audio_upgradable' });
  await isInReach(alice, 'a call', ['call-mic', 'call-hang-up', 'call-camera', 'call-chat', 'call-settings', 'call-files', 'launcher']);
  await alice.comesAbout();
  await bob.hangsUpByButton();
  await alice.get('feedback-view').waitFor();
  await isInReach(alice, 'feedback', ['feedback-star-1', 'feedback-star-5', 'feedback-comment', 'feedback-send', 'feedback-close']);
  await alice.get('feedback-star-4').click();
  await alice.get('feedback-send').click();
  await alice.ui().locator('[data-testid="feedback-view"][data-sent="true"]').waitFor();
  await isInReach(alice, 'thanks', ['feedback-close']);
  await alice.get('feedback-close').click();
  assert.equal(await alice.isRefused('joinCallURL', 'https://nowhere.example/x'), 'JOIN_CALL_INVALID_URL');
  await alice.failure('JOIN_CALL_INVALID_URL');
  await isInReach(alice, 'a failure', ['call-failure-close', 'launcher']);
});

scene('a video call, its troubles and its dialogs', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { contextOptions: { viewport: sizes[0], permissions: ['microphone'] } } });
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), alice.get('call-problem').waitFor()]);
  await isInReach(alice, 'a call with a trouble', ['call-try-again', 'call-problem-close', 'call-hang-up', 'call-mic', 'call-screen']);
  await alice.get('call-settings').click();
  await isInReach(alice, 'settings', ['modal-close', 'call-camera-select', 'call-mic-select', 'call-allow']);
  await alice.get('modal-close').click();
  await alice.get('call-settings-dialog').waitFor({ state: 'hidden' });
  assert.ok(await alice.get('call-view').isVisible(), 'the dialog was closed, not the widget');
  await alice.get('call-files').click();
  await isInReach(alice, 'files', ['modal-close', 'call-files-given', 'call-files-received']);
  await alice.page.keyboard.press('Escape');
  await alice.get('call-screen').click();
  await isInReach(alice, 'the question about a screen', ['call-screen-static', 'call-screen-dynamic']);
  await alice.page.keyboard.press('Escape');
  await alice.page.evaluate(() => document.activeElement.blur());
});

/** Runs in the page: nothing with sound plays. */
function playNothing() {
  const native = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function play() {
    return this.muted ? native.call(this) : Promise.reject(new DOMException('play() failed', 'NotAllowedError'));
  };
}

scene('the veil before the sound: it has the focus, and nothing behind it can be reached', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { ...small, init: playNothing } });
  await connect(alice, bob);
  await alice.get('call-playback').waitFor();
  const focused = () => alice.page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.dataset.testid ?? null);
  await eventually(async () => assert.equal(await focused(), 'call-play'));
  await isInReach(alice, 'the veil', ['call-play']);
  const { acts } = await alice.page.evaluate(outOfReach);
  assert.deepEqual(acts, ['call-play']);
});

scene('the panel of a call cannot be scrolled, whatever is scrolled into view', async (stage) => {
  const [alice, bob] = await callers(stage);
  await alice.openChat(bob.alias);
  await connect(alice, bob);
  const moved = await alice.panel.evaluate((panel) => {
    for (const node of panel.querySelectorAll('*')) node.scrollIntoView({ block: 'end' });
    panel.scrollTop = 12;
    return panel.scrollTop;
  });
  assert.equal(moved, 0);
});
