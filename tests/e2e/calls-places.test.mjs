// Calls wherever the widget lives, from a link, with files, and with what comes after.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { callers, connect, makeRoom, setUpCalls } from './support/calls.mjs';
import { hostPage } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-places');

scene('in a frame: the same calls, events and status, through the frame', async (stage) => {
  const options = { iframe: true };
  const [alice, bob] = await callers(stage, { first: { options } });
  const call = await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  assert.equal(await alice.callStatus(), 'connected');
  assert.ok((await alice.call('selectChat', bob.alias)).threw, 'selectChat throws');
  await alice.hangsUp();
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  assert.equal(await alice.callStatus(), 'ended');
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', alice.alias]];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  assert.equal(await alice.isRefused('createCall', []), 'GENERIC_CALL_ERROR');
  await bob.createsCall(alice);
  await alice.rings();
  await alice.accepts();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});

scene('in an element of the page', async (stage) => {
  const html = hostPage(stage.server.origin, { body: '<div id="chat" style="width: 500px; height: 600px"></div>' });
  const [alice, bob] = await callers(stage, { first: { html, options: { container: '#chat' } } });
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  const [place, view] = [await alice.page.locator('#chat').boundingBox(), await alice.get('call-view').boundingBox()];
  assert.ok(view.x >= place.x && view.y >= place.y && view.width <= place.width && view.height <= place.height);
});

scene('full screen covers the window, also out of an element that is transformed, and gives it back', async (stage) => {
  const body = '<div style="transform: scale(1); width: 300px; height: 500px; margin: 40px"><div id="chat" style="width: 300px; height: 500px"></div></div>';
  const [alice, bob] = await callers(stage, { first: { html: hostPage(stage.server.origin, { body }), options: { container: '#chat' } } });
  await connect(alice, bob);
  await alice.get('call-view').hover();
  await alice.get('call-fullscreen').click();
  const box = async () => {
    const { x, y, width, height } = await alice.get('call-view').boundingBox();
    return [x, y, width, height].map(Math.round);
  };
  await eventually(async () => assert.deepEqual(await box(), [0, 0, 1280, 800]));
  const page = await alice.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
  assert.deepEqual(page, [1280, 800], 'the page behind it cannot be scrolled');
  await alice.get('call-view').hover();
  await alice.get('call-fullscreen').click();
  await eventually(async () => assert.ok((await box())[2] <= 300, String(await box())));
  assert.equal(await alice.page.locator('#Bandyer-bandyer-chat-widget').getAttribute('popover'), null);
});

scene('on a phone', async (stage) => {
  const contextOptions = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
  const [alice, bob] = await callers(stage, { first: { contextOptions } });
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  assert.equal(await alice.get('call-fullscreen').isVisible(), false);
  assert.equal(await alice.get('call-screen').isVisible(), false);
});

scene('hostile layout values break no view of calls', async (stage) => {
  const bad = { background: 'red; } * { display: none', color: 'url(javascript:alert(1))' };
  const options = { feedback: true, layout: { dial: bad, call: bad, feedback: { body: bad, buttons: bad }, fontFamily: '";}</style>' } };
  const [alice, bob] = await callers(stage, { first: { options } });
  await alice.createsCall(bob);
  await alice.get('dial-view').waitFor();
  await bob.accepts();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  await bob.hangsUpByButton();
  await alice.get('feedback-view').waitFor();
});

scene('layout.call, layout.dial and layout.feedback colour their views', async (stage) => {
  const paint = (background) => ({ background, color: 'rgb(1, 2, 3)' });
  const layout = { dial: paint('rgb(10, 20, 30)'), call: paint('rgb(40, 50, 60)'), feedback: { body: paint('rgb(70, 80, 90)') } };
  const [alice, bob] = await callers(stage, { first: { options: { feedback: true, layout } } });
  const background = (id) => alice.get(id).evaluate((node) => getComputedStyle(node).backgroundColor);
  await alice.createsCall(bob, { callType: 'audio_only' });
  await alice.get('dial-view').waitFor();
  assert.equal(await background('dial-view'), 'rgb(10, 20, 30)');
  await bob.rings();
  await bob.accepts();
  await alice.inCall();
  assert.equal(await background('call-view'), 'rgb(40, 50, 60)');
  await alice.comesAbout();
  await alice.hangsUpByButton();
  await alice.get('feedback-view').waitFor();
  assert.equal(await background('feedback-view'), 'rgb(70, 80, 90)');
});

scene('feedback is asked for after a call, and thanked for', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { feedback: true } } });
  await connect(alice, bob);
  await alice.comesAbout();
  await bob.hangsUpByButton();
  await alice.get('feedback-star-3').click();
  await alice.get('feedback-comment').fill('Clear picture, a little late');
  await alice.get('feedback-send').click();
  await alice.ui().locator('[data-testid="feedback-view"][data-sent="true"]').waitFor();
  await alice.get('feedback-close').click();
  await alice.get('feedback-view').waitFor({ state: 'hidden' });
  // Not asked for it: not asked.
  assert.equal(await bob.get('feedback-view').count(), 0);
});

scene('a stopped ring asks for no feedback', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { feedback: true } } });
  await alice.createsCall(bob);
  await bob.rings();
  await alice.hangsUp();
  await alice.notDialing();
  assert.equal(await alice.get('feedback-view').count(), 0);
});

scene('a file given in the call arrives whole', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 251));
  await alice.get('call-files').click();
  await alice.get('call-file-input').setInputFiles({ name: 'plan of the house.bin', mimeType: 'application/octet-stream', buffer: content });
  await alice.ui().locator('[data-testid="call-file"][data-state="given"]').waitFor();
  await eventually(async () => assert.match(await bob.get('call-files').textContent(), /1/));
  await bob.get('call-files').click();
  await bob.get('call-files-received').click();
  const arriving = bob.page.waitForEvent('download');
  await bob.get('call-file-download').click();
  const file = await arriving;
  assert.equal(file.suggestedFilename(), 'plan of the house.bin');
  assert.deepEqual(readFileSync(await file.path()), content);
});

scene('without the tool there is no file button, without screen_sharing no screen button', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { tools: { chat: true } } } });
  await connect(alice, bob);
  assert.equal(await alice.get('call-files').count(), 0);
  assert.equal(await alice.get('call-screen').count(), 0);
  await bob.get('call-files').waitFor();
  await bob.get('call-screen').waitFor();
});

scene('joinCallURL: each enters by a link of their own, and they see each other', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { hidden: true } } });
  const { links } = await makeRoom(stage, [alice.alias, bob.alias], { initiatorAlias: alice.alias });
  const call = await alice.joins(links[alice.alias]);
  await alice.inCall();
  assert.equal(call.callDirection, 'outgoing');
  assert.equal(call.callOptions.live, false);
  const same = await bob.joins(links[bob.alias]);
  assert.equal(same.callDirection, 'incoming');
  assert.equal(same.callAlias, call.callAlias);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  assert.equal(await bob.callStatus(), 'connected');
  assert.deepEqual(await alice.events('incoming_call'), [], 'it rang nowhere');
  await Promise.all([alice.event('call_started'), bob.event('call_started')]);
  await alice.hangsUp();
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  assert.equal(await alice.launcher.isVisible(), false);
});

scene('the page behind a link is never left empty while the call goes on', async (stage) => {
  const [alice, bob] = await callers(stage);
  const { links } = await makeRoom(stage, [alice.alias, bob.alias]);
  await alice.page.goto(links[alice.alias]);
  await alice.page.locator('.ready [data-join]').click();
  await alice.inCall();
  assert.equal(await alice.launcher.isVisible(), false);
  await alice.get('call-chat').click();
  for (let n = 0; n < 4; n += 1) await alice.page.keyboard.press('Escape');
  await alice.panel.waitFor();
  await alice.get('back-to-call').locator('visible=true').click();
  await alice.get('call-hang-up').click();
  await alice.page.locator('.over h1').waitFor();
  await alice.leftNothing();
});

scene('links that are not for this user, closed, or of three are refused with their strings', async (stage) => {
  const [alice, bob] = await callers(stage);
  const carol = await stage.alias('carol', { role: 'plus' });
  const { id, links } = await makeRoom(stage, [alice.alias, bob.alias]);
  assert.equal(await alice.isRefused('joinCallURL', links[bob.alias]), 'JOIN_CALL_INVALID_URL');
  assert.equal(await alice.isRefused('joinCallURL', `${links[alice.alias]}x`), 'JOIN_CALL_INVALID_URL');
  const three = await makeRoom(stage, [alice.alias, bob.alias, carol]);
  assert.equal(await alice.isRefused('joinCallURL', three.links[alice.alias]), 'JOIN_CALL_INVALID_MTM');
  await alice.failure('JOIN_CALL_INVALID_MTM');
  await stage.server.rest('PUT', `/rest/room/disable/${id}`);
  assert.equal(await alice.isRefused('joinCallURL', links[alice.alias]), 'JOIN_CALL_INVALID_URL');
  await alice.leftNothing();
});

scene('a link opened as a page: a landing page, a click, and the call with a widget elsewhere', async (stage) => {
  const [, bob] = await callers(stage);
  const guest = await stage.alias('guest', { role: 'plus' });
  const { links } = await makeRoom(stage, [guest, bob.alias], { initiatorAlias: guest, live: true, description: 'About the roof' });
  const context = await stage.context({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.goto(links[guest]);
  await page.getByText('About the roof').waitFor();
  await page.getByRole('button').first().click();
  await bob.rings();
  await bob.accepts();
  await bob.seesCard('first');
});

scene('room closed by the host site: the call ends for both', async (stage) => {
  const [alice, bob] = await callers(stage);
  const { id, links } = await makeRoom(stage, [alice.alias, bob.alias]);
  for (const user of [alice, bob]) await user.ask('joinCallURL', links[user.alias]);
  await Promise.all([alice.event('call_started'), bob.event('call_started')]);
  await stage.server.rest('PUT', `/rest/room/disable/${id}`);
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  await Promise.all([alice.event('call_ended'), bob.event('call_ended')]);
});

scene('a user who is disabled in a call is out of it, and so is the other', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await stage.server.updateUser(bob.alias, { active: false });
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  await Promise.all([alice.event('call_ended'), bob.event('call_ended'), bob.event('force_disconnect')]);
});

scene('logout in a call ends it for the other one, and a new widget calls again', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await alice.ask('logout');
  await Promise.all([bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  assert.equal((await bob.event('call_ended')).executor, alice.alias);
  assert.equal(await alice.callStatus(), 'ended');
  await alice.create();
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});

