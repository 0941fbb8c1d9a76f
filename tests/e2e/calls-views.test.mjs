// Calls as people and host pages meet them: what a click under the ring does, where the buttons lead, who has the focus,
// what the screen does, and the ring answered by the page itself.
import assert from 'node:assert/strict';
import { callers, connect, holdTime, setUpCalls } from './support/calls.mjs';
import { hostPage } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-views');

const focused = (user) => user.page.evaluate(() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.id || node?.dataset?.testid || node?.tagName;
});
const centre = async (locator) => {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
};

for (const button of ['dial-accept', 'dial-decline']) {
  scene(`a click that was meant for what lay there before the ring does not reach ${button}`, async (stage) => {
    const [alice, bob] = await callers(stage, { first: { init: holdTime } });
    await alice.openPanel();
    await alice.page.evaluate(() => { window.timeStands = true; });
    await bob.createsCall(alice);
    await alice.rings();
    await alice.page.mouse.click(...(await centre(alice.get(button))));
    await alice.page.mouse.click(...(await centre(alice.get(button))));
    assert.equal(await alice.get('dial-view').getAttribute('data-ring'), 'incoming');
    await alice.page.evaluate(() => window.letTimePass());
    await alice.get(button).click();
    await (button === 'dial-accept' ? Promise.all([alice.inCall(), bob.inCall()]) : bob.notDialing());
  });
}

scene('the keyboard answers a ring', async (stage) => {
  const [alice, bob] = await callers(stage);
  await bob.createsCall(alice);
  await alice.rings();
  await alice.get('dial-accept').focus();
  await alice.page.keyboard.press('Enter');
  await Promise.all([alice.inCall(), bob.inCall()]);
});

scene('a ring has the focus at once, unless somebody is typing, who gets there with F8', async (stage) => {
  const body = '<a id="link" href="#x">A link</a><button id="button">A button</button><input id="field"><div id="note" contenteditable>note</div>';
  const html = hostPage(stage.server.origin, { body });
  const [alice, bob] = await callers(stage, { first: { html } });
  for (const id of ['link', 'button']) {
    await alice.page.locator(`#${id}`).focus();
    // The last one may not be over yet.
    await eventually(() => bob.createsCall(alice));
    await alice.rings();
    await eventually(async () => assert.equal(await focused(alice), 'dial-view'));
    await bob.get('dial-stop').click();
    await alice.notDialing();
    await eventually(async () => assert.equal(await focused(alice), id, 'and gives it back'));
  }
  for (const id of ['field', 'note']) {
    await alice.page.locator(`#${id}`).focus();
    // The last one may not be over yet.
    await eventually(() => bob.createsCall(alice));
    await alice.rings();
    await alice.page.keyboard.type('ab');
    assert.equal(await focused(alice), id);
    await alice.page.keyboard.press('F8');
    assert.equal(await focused(alice), 'dial-view');
    await bob.get('dial-stop').click();
    await alice.notDialing();
    await eventually(async () => assert.equal(await focused(alice), id));
  }
  assert.equal(await alice.page.locator('#field').inputValue(), 'ab');
});

scene('the chat button of a call opens the conversation with that person, and the launcher leads back to the call', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await alice.get('call-chat').click();
  await alice.get('conversation').waitFor();
  await alice.send('from the call');
  await alice.state('from the call', 'sent');
  await alice.launcher.click();
  await alice.panel.waitFor({ state: 'hidden' });
  assert.equal(await alice.launcher.getAttribute('aria-label'), 'Back to the call');
  await alice.launcher.click();
  await alice.inCall();
  assert.equal(await alice.get('call-view').isVisible(), true);
});

scene('a call that was declined says so to its caller, in a notice and in the chat', async (stage) => {
  const [alice, bob] = await callers(stage);
  await alice.createsCall(bob);
  await bob.declines();
  await alice.get('notice').getByText('Your call was declined.').waitFor();
  await alice.openChat(bob.alias);
  await alice.get('missed-call').getByText('Call declined').waitFor();
  await bob.openChat(alice.alias);
  await bob.get('missed-call').getByText('You declined a call').waitFor();
  assert.equal(await bob.badge(), '');
});

/** Runs in the page: counts the locks that keep the screen lit. */
function countLocks() {
  window.locks = [];
  class Sentinel extends EventTarget {
    released = false;
    release() { this.released = true; return Promise.resolve(); }
  }
  Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => {
    const lock = new Sentinel();
    window.locks.push({ kind, lock });
    return lock;
  } } });
  window.hide = (hidden) => {
    // As a browser does: what is hidden loses its lock.
    if (hidden) for (const { lock } of window.locks) lock.released = true;
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  };
}

scene('the screen stays lit while a video call is shown, and not longer', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: countLocks } });
  const locks = () => alice.page.evaluate(() => window.locks.map(({ kind, lock }) => [kind, lock.released]));
  const become = (expected) => eventually(async () => assert.deepEqual(await locks(), expected));
  await connect(alice, bob, { callType: 'audio_only' });
  await bob.hears('first');
  assert.deepEqual(await locks(), [], 'voice needs no screen');
  await alice.hangsUpByButton();
  await Promise.all([alice.notInCall(), bob.notInCall()]);
  await connect(alice, bob);
  await become([['screen', false]]);
  await alice.page.evaluate(() => window.hide(true));
  await become([['screen', true]]);
  await alice.page.evaluate(() => window.hide(false));
  await become([['screen', true], ['screen', false]]);
  await alice.page.evaluate(() => window.hide(false));
  await bob.hangsUpByButton();
  await alice.notInCall();
  await become([['screen', true], ['screen', true]]);
});

/** The host page keeps the newest call that came in, under a dialog of its own. */
const keepRing = () => {
  window.client.on('incoming_call', (call) => { window.ring = call; });
  const dialog = document.createElement('dialog');
  document.body.append(dialog);
  dialog.showModal();
};
const act = (user, method) => user.page.evaluate(async (name) => {
  try { return { done: await window.ring[name]() ?? null }; } catch (error) { return { error: error.message, isError: error instanceof Error }; }
}, method);
const ringing = (user) => user.page.waitForFunction(() => window.ring?.callStatus === 'dialing');

for (const [mode, options] of [['in the page', {}], ['in a frame', { iframe: true }]]) {
  scene(`a page answers and declines what rings, under a dialog of its own, ${mode}`, async (stage) => {
    const [alice, bob] = await callers(stage, { first: { options } });
    await alice.page.evaluate(keepRing);
    await bob.createsCall(alice);
    await ringing(alice);
    assert.deepEqual(await act(alice, 'decline'), { done: null });
    await bob.notDialing();
    await bob.event('call_dial_declined');
    const refused = { error: 'invalid_call_status', isError: true };
    assert.deepEqual([await act(alice, 'answer'), await act(alice, 'decline')], [refused, refused]);
    await bob.createsCall(alice);
    await ringing(alice);
    assert.deepEqual(await act(alice, 'answer'), { done: null });
    await Promise.all([bob.inCall(), bob.event('call_started')]);
    await bob.hears('first');
    assert.equal(await alice.page.evaluate(() => window.ring.callStatus), 'connected');
    assert.deepEqual(await alice.page.evaluate(() => Object.keys(structuredClone(window.ring)).sort()),
      ['callAlias', 'callDirection', 'callOptions', 'callParticipants', 'event']);
    assert.deepEqual(await act(alice, 'hangUp'), { done: null });
    await bob.notInCall();
  });
}

scene('no star is chosen before one is, and nothing is sent', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { feedback: true } } });
  await connect(alice, bob);
  await alice.comesAbout();
  await bob.hangsUpByButton();
  await alice.get('feedback-view').waitFor();
  assert.equal(await alice.ui().locator('[role="radio"][aria-checked="true"]').count(), 0);
  assert.equal(await alice.get('feedback-send').getAttribute('aria-disabled'), 'true');
  assert.match(await alice.get('feedback-send').getAttribute('aria-label'), /stars first/);
  await alice.get('feedback-send').click({ force: true });
  await alice.get('feedback-star-1').focus();
  await alice.page.keyboard.press('ArrowRight');
  assert.equal(await alice.get('feedback-view').getAttribute('data-sent'), 'false');
  assert.equal(await alice.ui().locator('[role="radio"][aria-checked="true"]').getAttribute('data-testid'), 'feedback-star-1');
  await alice.get('feedback-send').click();
  await alice.ui().locator('[data-testid="feedback-view"][data-sent="true"]').waitFor();
});

scene('full screen takes the page away from the keyboard, and gives it back as it was', async (stage) => {
  const body = '<div id="beside"><a id="before" href="#x">Before</a></div><div id="own" inert>own</div><div id="chat" style="width: 500px; height: 600px"></div>';
  const html = hostPage(stage.server.origin, { body });
  const [alice, bob] = await callers(stage, { first: { html, options: { container: '#chat' } } });
  const inert = () => alice.page.evaluate(() => [...document.querySelectorAll('[inert]')].map((node) => node.id).filter(Boolean));
  await connect(alice, bob);
  assert.deepEqual(await inert(), ['own']);
  await alice.get('call-fullscreen').click();
  await eventually(async () => assert.deepEqual(await inert(), ['beside', 'own']));
  assert.equal(await alice.panel.getAttribute('aria-modal'), 'true');
  for (let n = 0; n < 12; n += 1) {
    await alice.page.keyboard.press('Tab');
    assert.notEqual(await focused(alice), 'before');
  }
  await alice.get('call-fullscreen').click();
  await eventually(async () => assert.deepEqual(await inert(), ['own']));
  assert.equal(await alice.panel.getAttribute('aria-modal'), null);
});

scene('on a phone the page is away while the panel is open; choosing a chat leads the focus there', async (stage) => {
  const contextOptions = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
  const html = hostPage(stage.server.origin, { body: '<a id="before" href="#x">Before</a>' });
  const [alice, bob] = await callers(stage, { first: { contextOptions, html } });
  const away = () => alice.page.evaluate(() => document.getElementById('before').matches('[inert], [inert] *'));
  assert.equal(await away(), false);
  await alice.openPanel();
  await eventually(async () => assert.equal(await away(), true));
  await alice.row(bob.alias).focus();
  await alice.page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await focused(alice), 'conversation'));
  await alice.launcher.click();
  await eventually(async () => assert.equal(await away(), false));
});

scene('a frame on a desktop is no phone: the call is wide, and can fill the page', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { iframe: true } } });
  const frame = alice.page.locator('iframe[src*="/embed"]');
  const size = async () => { const { width, height } = await frame.boundingBox(); return [Math.round(width), Math.round(height)]; };
  await alice.openChat(bob.alias);
  await eventually(async () => assert.equal(await alice.get('composer').evaluate((node) => node.getRootNode().activeElement === node), true));
  assert.equal(await alice.composer.evaluate((node) => getComputedStyle(node).fontSize), '15px');
  await connect(alice, bob);
  await eventually(async () => assert.deepEqual(await size(), [490, 576]));
  await alice.get('call-fullscreen').click();
  await eventually(async () => assert.deepEqual(await size(), [1280, 800]));
  await alice.get('call-fullscreen').click();
  await eventually(async () => assert.deepEqual(await size(), [490, 576]));
});
