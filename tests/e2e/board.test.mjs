// The whiteboard as two people use it: each tool by what the other side sees of it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { callers, connect, makeRoom, setUpCalls } from './support/calls.mjs';
import { installMediaProbe } from './support/media.mjs';
import { User } from './support/user.mjs';
import './support/board.mjs';
import { networkNoise } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('board');

/** Two people in a call, both at the board. */
async function atTheBoard(stage, options = {}) {
  const [alice, bob] = await callers(stage, options);
  await connect(alice, bob, { callType: 'audio_only' });
  await Promise.all([alice.opensBoard(), bob.opensBoard()]);
  return [alice, bob];
}

/** Somebody who comes in by a link. */
async function opensLink(stage, alias, link, browser) {
  const page = await (await stage.context({ browser, permissions: ['camera', 'microphone'] })).newPage();
  await User.prepare(page);
  await page.addInitScript(installMediaProbe);
  const user = new User(alias, page, { server: stage.server });
  stage.users.push(user);
  await user.goto(link);
  return user;
}

/** The name of the focused element, through all shadow roots. */
const focused = (user) => user.page.evaluate(() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset?.testid ?? node?.tagName;
});
const white = [255, 255, 255];
const ink = [23, 33, 43];
const becomes = (user, place, colour) => eventually(async () => assert.deepEqual(await user.colourAt(...place), colour));
const have = (user, shapes) => eventually(async () => assert.deepEqual(await user.shapes(), shapes));

scene('each tool is seen by the other side', async (stage) => {
  const [alice, bob] = await atTheBoard(stage);
  await alice.draws([300, 200], [420, 200]);
  await Promise.all([becomes(bob, [360, 200], ink), becomes(alice, [360, 200], ink)]);
  assert.deepEqual(await bob.colourAt(360, 240), white);
  await alice.takes('rectangle');
  await alice.draws([300, 260], [400, 340]);
  await becomes(bob, [300, 300], ink);
  assert.deepEqual(await bob.colourAt(350, 310), white, 'it is not filled');
  await bob.takes('ellipse');
  await bob.get('board-colour').click();
  await bob.ui().locator('[data-part="fill"][data-colour="red"]').click();
  await bob.page.keyboard.press('Escape');
  await bob.draws([500, 260], [600, 340]);
  await becomes(alice, [560, 310], [217, 43, 63]);
  await bob.takes('arrow');
  await bob.draws([650, 300], [750, 300]);
  await becomes(alice, [700, 300], ink);
  await have(alice, ['Arrow', 'Ellipse', 'Rectangle', 'Stroke']);
  await have(bob, ['Arrow', 'Ellipse', 'Rectangle', 'Stroke']);
  await stage.screenshots('board-tools');
});

scene('text is written in place, and on it again', async (stage) => {
  const [alice, bob] = await atTheBoard(stage);
  await alice.takes('text');
  await alice.draws([300, 200]);
  await alice.get('board-text-field').waitFor();
  await alice.page.keyboard.type('Ventil 3\nzu');
  await alice.draws([700, 500]);
  await have(bob, ['Text: Ventil 3\nzu']);
  await bob.takes('select');
  await bob.get('board-canvas').dblclick({ position: { x: 310, y: 200 } });
  await bob.get('board-text-field').waitFor();
  await bob.page.keyboard.press('Control+a');
  await bob.page.keyboard.type('auf');
  await bob.page.keyboard.press('Escape');
  await have(alice, ['Text: auf']);
  await eventually(async () => assert.equal(await focused(bob), 'board-surface', 'the keyboard is on the board again'));
  // Who only looked at a text has not written on it.
  await bob.get('board-canvas').dblclick({ position: { x: 310, y: 200 } });
  await bob.get('board-text-field').waitFor();
  await alice.takes('select');
  await alice.get('board-canvas').dblclick({ position: { x: 310, y: 200 } });
  await alice.get('board-text-field').fill('halb');
  await alice.page.keyboard.press('Escape');
  await have(alice, ['Text: halb']);
  await bob.page.keyboard.press('Escape');
  await have(bob, ['Text: halb']);
  await have(alice, ['Text: halb']);
  await stage.screenshots('board-text');
});

scene('what is chosen is moved, copied and deleted; what is done is taken back, the other side’s is not', async (stage) => {
  const [alice, bob] = await atTheBoard(stage);
  await alice.draws([300, 200], [400, 200]);
  await bob.draws([300, 400], [400, 400]);
  await have(alice, ['Stroke', 'Stroke']);
  await alice.takes('select');
  await alice.draws([350, 200], [350, 250]);
  await Promise.all([becomes(bob, [350, 250], ink), becomes(bob, [350, 200], white)]);
  await stage.screenshots('board-chosen');
  await alice.get('board-duplicate').click();
  await have(bob, ['Stroke', 'Stroke', 'Stroke']);
  await alice.get('board-delete').click();
  await have(bob, ['Stroke', 'Stroke']);
  for (let n = 0; n < 3; n += 1) await alice.get('board-undo').click();
  await Promise.all([becomes(bob, [350, 200], ink), becomes(bob, [350, 250], white)]);
  await alice.get('board-undo').click();
  await have(bob, ['Stroke']);
  await alice.get('board-undo').click();
  await becomes(alice, [350, 400], ink);
  await alice.get('board-redo').click();
  await have(bob, ['Stroke', 'Stroke']);
  await bob.takes('eraser');
  await bob.draws([350, 190], [350, 420]);
  await have(alice, []);
});

scene('both draw while one is cut off and the server is killed: both boards come out the same', async (stage) => {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [alice, bob] = await atTheBoard(stage, { first: { origin: relay.origin } });
  await alice.draws([300, 150], [400, 150]);
  await have(bob, ['Stroke']);
  relay.cut();
  await alice.get('board-offline').waitFor();
  await alice.draws([300, 200], [400, 200]);
  await alice.takes('rectangle');
  await alice.draws([300, 260], [400, 340]);
  await bob.takes('ellipse');
  await bob.draws([500, 260], [600, 340]);
  await bob.takes('eraser');
  await bob.draws([350, 140], [350, 160]);
  await have(bob, ['Ellipse']);
  await stage.server.kill();
  await stage.server.start();
  relay.mend();
  const all = ['Ellipse', 'Rectangle', 'Stroke'];
  for (const user of [alice, bob]) {
    await eventually(async () => assert.deepEqual((await user.shapes()).sort(), all), { timeout: 60_000 });
  }
  assert.deepEqual(await alice.shapes(), await bob.shapes(), 'in the same order');
  await becomes(bob, [350, 200], ink);
  await becomes(alice, [350, 150], white);
  // A restart that is announced is seen by nobody, and the board goes on.
  await stage.server.restart();
  await alice.takes('line');
  await alice.draws([300, 400], [400, 400]);
  await becomes(bob, [350, 400], ink);
  // Who closes the board and opens it again finds it.
  await bob.get('call-board').click();
  await bob.get('board').waitFor({ state: 'detached' });
  await bob.opensBoard();
  await eventually(async () => assert.deepEqual((await bob.shapes()).sort(), ['Ellipse', 'Line', 'Rectangle', 'Stroke']));
}, { timeout: 150_000 });

scene('by keyboard alone: tools, choosing, moving, deleting, and out again', async (stage) => {
  const [alice, bob] = await atTheBoard(stage);
  await bob.draws([300, 200], [400, 200]);
  await bob.takes('rectangle');
  await bob.draws([300, 260], [400, 340]);
  await have(alice, ['Rectangle', 'Stroke']);
  await eventually(async () => assert.match(await alice.get('board-said').textContent(), /added: Rectangle/));
  const { keyboard } = alice.page;
  await alice.get('board-shapes').focus();
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  assert.equal(await alice.ui().locator('[data-testid="board-shapes"] [aria-selected="true"]').textContent(), 'Stroke');
  await alice.get('board-surface').focus();
  await keyboard.press('Shift+ArrowDown');
  await becomes(bob, [350, 232], ink);
  await keyboard.press('Delete');
  await have(bob, ['Rectangle']);
  await keyboard.press('Control+z');
  await have(bob, ['Rectangle', 'Stroke']);
  for (const [key, tool] of [['e', 'eraser'], ['t', 'text'], ['v', 'select'], ['p', 'pen']]) {
    await keyboard.press(key);
    assert.equal(await alice.get('board-surface').getAttribute('data-tool'), tool);
  }
  await keyboard.press('Control+a');
  await keyboard.press('Escape');
  assert.equal(await alice.get('board-chosen').count(), 0);
  assert.equal(await alice.panel.getAttribute('aria-modal'), 'true', 'that was for the board');
  await keyboard.press('Escape');
  await eventually(async () => assert.equal(await alice.panel.getAttribute('aria-modal'), null));
});

scene('tools that are off are not there, and none at all is no board', async (stage) => {
  const off = { screen_sharing: true, whiteboard: { wb_pen: true } };
  const [alice, bob] = await callers(stage, { first: { options: { tools: off } }, second: { options: { tools: { chat: true } } } });
  await connect(alice, bob, { callType: 'audio_only' });
  await alice.opensBoard();
  const tools = await alice.get('board-tools').locator('button').evaluateAll((all) => all.map((one) => one.dataset.testid));
  assert.deepEqual(tools, ['board-select', 'board-hand', 'board-pen', 'board-colour']);
  assert.equal(await alice.get('board-clear').count(), 0);
  await bob.get('call-fullscreen').click();
  await bob.get('call-hang-up').waitFor();
  assert.equal(await bob.get('call-board').count(), 0);
});

scene('clearing asks first; pages are turned by each for himself', async (stage) => {
  const [alice, bob] = await atTheBoard(stage);
  await alice.draws([300, 200], [400, 200]);
  await have(bob, ['Stroke']);
  await alice.get('board-clear').click();
  await eventually(async () => assert.equal(await focused(alice), 'board-clear-cancel'));
  await alice.page.keyboard.press('Escape');
  assert.equal(await alice.get('board-clear-yes').count(), 0);
  await eventually(async () => assert.equal(await focused(alice), 'board-surface'));
  await alice.get('board-clear').click();
  await alice.get('board-clear-cancel').click();
  assert.deepEqual(await alice.shapes(), ['Stroke']);
  await bob.get('board-page-add').click();
  await have(bob, []);
  await eventually(async () => assert.equal(await alice.get('board-page').textContent(), '1 / 2'));
  assert.deepEqual(await alice.shapes(), ['Stroke'], 'nobody is taken along');
  await alice.get('board-clear').click();
  await alice.get('board-clear-yes').click();
  await bob.get('board-page-previous').click();
  await Promise.all([have(alice, []), have(bob, [])]);
  await alice.get('board-undo').click();
  await have(bob, ['Stroke']);
  // A page that is taken back is left by who stands on it.
  await bob.get('board-page-add').click();
  await have(bob, []);
  await bob.get('board-undo').click();
  await have(bob, ['Stroke']);
});

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

scene('on a phone, in the dark: a finger draws, two move and zoom, and everything is in reach', async (stage) => {
  const first = { contextOptions: { ...phone, colorScheme: 'dark' } };
  const [alice, bob] = await callers(stage, { first });
  await connect(bob, alice, { callType: 'audio_only' });
  await alice.get('call-board').click();
  await alice.ui().locator('[data-testid="board"][data-open="true"]').waitFor();
  await bob.opensBoard();
  const touch = await alice.page.context().newCDPSession(alice.page);
  const fingers = (type, ...places) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: places.map(([x, y], id) => ({ x, y, id })) });
  await fingers('touchStart', [100, 300]);
  for (let x = 110; x <= 220; x += 10) await fingers('touchMove', [x, 300]);
  await fingers('touchEnd');
  await have(bob, ['Stroke']);
  await becomes(alice, [160, 300], [242, 245, 247]);
  await fingers('touchStart', [120, 400], [200, 400]);
  for (let step = 1; step <= 8; step += 1) await fingers('touchMove', [120 - 5 * step, 400], [200 + 5 * step, 400]);
  await fingers('touchEnd');
  assert.deepEqual(await alice.shapes(), ['Stroke'], 'two fingers draw nothing');
  assert.ok(parseInt(await alice.get('board-zoom').textContent(), 10) > 150);
  await stage.screenshots('board-phone');
  for (const id of ['board-pen', 'board-undo', 'board-save-png', 'call-mic', 'call-hang-up', 'call-board']) {
    assert.equal(await alice.get(id).evaluate((button) => {
      const { x, y, width, height } = button.getBoundingClientRect();
      const root = button.getRootNode();
      const found = root.elementFromPoint(x + width / 2, y + height / 2);
      return x >= 0 && x + width <= innerWidth && button.contains(found);
    }), true, id);
  }
});

scene('a line is cut in two; the page is saved as a picture and as a drawing', async (stage) => {
  const [alice, bob] = await atTheBoard(stage);
  await alice.takes('line');
  await alice.draws([300, 200], [500, 200]);
  await have(bob, ['Line']);
  await alice.takes('cutter');
  await alice.draws([400, 180], [400, 220]);
  await have(bob, ['Line', 'Line']);
  await Promise.all([becomes(bob, [400, 200], white), becomes(bob, [330, 200], ink), becomes(bob, [470, 200], ink)]);
  await alice.get('board-undo').click();
  await have(bob, ['Line']);
  const saved = async (button) => {
    const [download] = await Promise.all([bob.page.waitForEvent('download'), bob.get(button).click()]);
    return [download.suggestedFilename(), await readFile(await download.path())];
  };
  const [picture, bytes] = await saved('board-save-png');
  assert.deepEqual([picture, bytes.subarray(1, 4).toString()], ['whiteboard.png', 'PNG']);
  assert.ok(bytes.readUInt32BE(16) > 400, 'twice as sharp as the screen');
  const [drawing, text] = await saved('board-save-svg');
  assert.equal(drawing, 'whiteboard.svg');
  assert.match(text.toString(), /^<svg [^]*stroke="#17212b"[^]*<\/svg>\s*$/);
});

scene('behind call links: the board is there without full screen, and stays with the room', async (stage) => {
  const [anna, bob] = await Promise.all([stage.alias('anna'), stage.alias('bob')]);
  const { links } = await makeRoom(stage, [anna, bob], { initiatorAlias: anna, directCall: true, call_type: 'audio_only' });
  const enters = (alias, browser) => opensLink(stage, alias, links[alias], browser);
  let [host, guest] = await Promise.all([enters(anna, stage.browser), enters(bob, stage.other)]);
  await Promise.all([host.inCall(), guest.inCall()]);
  await Promise.all([host.opensBoard(), guest.opensBoard()]);
  await host.draws([300, 300], [420, 300]);
  await have(guest, ['Stroke']);
  await stage.screenshots('board-link');
  await host.get('call-hang-up').click();
  await Promise.all([host, guest].map((user) => user.page.waitForFunction(() => document.body.dataset.state === 'over')));
  await stage.server.kill();
  await stage.server.start();
  [host, guest] = await Promise.all([enters(anna, stage.browser), enters(bob, stage.other)]);
  await Promise.all([host.inCall(), guest.inCall()]);
  await guest.opensBoard();
  await becomes(guest, [360, 300], ink);
}, { timeout: 150_000 });
