// What a person presses while a device is still being opened holds when it is there, from its first moment on.
import assert from 'node:assert/strict';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-pressed');

/** Runs in the page: devices come when `giveDevices()` says so. What a connection is handed is remembered, and whether it carried anything. */
function holdDevicesBack() {
  const devices = navigator.mediaDevices;
  const native = devices.getUserMedia.bind(devices);
  const replace = RTCRtpSender.prototype.replaceTrack;
  let waiting = [];
  Object.assign(window, { asked: 0, handed: [] });
  window.giveDevices = () => waiting.splice(0).forEach((give) => give());
  devices.getUserMedia = async (wish) => {
    window.asked += 1;
    await new Promise((give) => waiting.push(give));
    return native(wish);
  };
  RTCRtpSender.prototype.replaceTrack = function replaceTrack(track) {
    if (track) window.handed.push({ kind: track.kind, carries: track.enabled });
    return replace.call(this, track);
  };
}

const gives = (user) => user.page.evaluate(() => window.giveDevices());
const handed = (user, kind) => user.page.evaluate((wanted) => window.handed.filter((one) => one.kind === wanted).map(({ carries }) => carries), kind);
const asked = (user, times) => eventually(async () => assert.equal(await user.page.evaluate(() => window.asked), times));
const shows = (user, button, pressed) => eventually(async () => assert.equal(await user.get(button).getAttribute('aria-pressed'), String(pressed)));
const lives = (user, kinds) => eventually(async () => assert.deepEqual(await user.probe('live'), kinds));

/** Whose devices are slow: the one who calls, or the one who accepts. */
const sides = { 'the caller': { first: { init: holdDevicesBack } }, 'the callee': { second: { init: holdDevicesBack } } };

for (const [side, where] of Object.entries(sides)) {
  const both = async (stage) => {
    const people = await callers(stage, where);
    await connect(...people);
    const [slow, other] = where.first ? people : people.toReversed();
    return { slow, other, card: where.first ? 'first' : 'second' };
  };

  scene(`muted while the microphone opens, ${side}: nothing is heard before it is pressed again`, async (stage) => {
    const { slow, other, card } = await both(stage);
    await slow.get('call-mic').click();
    await shows(slow, 'call-mic', false);
    await gives(slow);
    await lives(slow, ['audio', 'video']);
    await other.seesCard(card);
    await other.get('call-peer-muted').waitFor();
    await other.hearsNothing();
    const carried = await handed(slow, 'audio');
    assert.ok(carried.length > 0 && !carried.includes(true), `handed over: ${carried}`);
    await slow.get('call-mic').click();
    await other.hears(card);
  });

  scene(`the camera pressed while it opens, ${side}: no picture leaves, and the next press brings it`, async (stage) => {
    const { slow, other, card } = await both(stage);
    await slow.get('call-camera').click();
    await shows(slow, 'call-camera', false);
    await gives(slow);
    await other.hears(card);
    await lives(slow, ['audio']);
    assert.deepEqual(await handed(slow, 'video'), []);
    await slow.get('call-camera').click();
    await shows(slow, 'call-camera', true);
    await asked(slow, 2);
    await gives(slow);
    await other.seesCard(card);
  });
}

scene('pressed twice while the devices open is as good as never', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: holdDevicesBack } });
  await connect(alice, bob);
  for (const button of ['call-mic', 'call-camera']) {
    await alice.get(button).click();
    await shows(alice, button, false);
    await alice.get(button).click();
    await shows(alice, button, true);
  }
  await gives(alice);
  await Promise.all([bob.hears('first'), bob.seesCard('first')]);
  await lives(alice, ['audio', 'video']);
});

scene('muted while another microphone takes the place of the one that was pulled out', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: holdDevicesBack } });
  await connect(alice, bob);
  await gives(alice);
  await bob.hears('first');
  await alice.probe('unplug', 'audio');
  await asked(alice, 2);
  await alice.get('call-mic').click();
  await alice.page.evaluate(() => { window.handed.length = 0; });
  await gives(alice);
  await lives(alice, ['audio', 'video']);
  await bob.hearsNothing();
  assert.ok(!(await handed(alice, 'audio')).includes(true));
  await alice.get('call-mic').click();
  await bob.hears('first');
});

/** Runs in the page: the picker of screens stands open until `chooseScreen()`. */
function keepPickerOpen() {
  const choice = new Promise((resolve) => { window.chooseScreen = resolve; });
  navigator.mediaDevices.getDisplayMedia = async () => {
    window.picking = true;
    await choice;
    window.chosen = document.createElement('canvas').captureStream(5);
    return window.chosen;
  };
}

scene('sharing stopped while the screen is being chosen: what is chosen is let go at once', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: [holdDevicesBack, keepPickerOpen] } });
  await connect(alice, bob);
  await gives(alice);
  await bob.seesCard('first');
  await alice.get('call-screen').click();
  await alice.get('call-screen-static').click();
  await alice.page.waitForFunction(() => window.picking);
  await shows(alice, 'call-screen', true);
  await alice.get('call-screen').click();
  await shows(alice, 'call-screen', false);
  await alice.page.evaluate(() => { window.handed.length = 0; window.chooseScreen(); });
  await alice.page.waitForFunction(() => window.chosen?.getTracks().every((track) => track.readyState === 'ended'));
  assert.deepEqual(await handed(alice, 'video'), []);
});
