// "Why does my camera not work?": each reason has its code, its words, and a way on; the call goes on without.
import assert from 'node:assert/strict';
import { callers, connect, person, setUpCalls } from './support/calls.mjs';
import { fakeDevices } from './support/media.mjs';
import { hostPage, launchBrowser } from './support/stage.mjs';
import { eventually, staysTrue } from './support/wait.mjs';

const firstArgs = [...fakeDevices('first'), '--host-resolver-rules=MAP plain.test 127.0.0.1'];
const { scene } = setUpCalls('calls-devices', { firstArgs });

const problem = (user, code, want) =>
  user.ui().locator(`[data-testid="call-problem"][data-code="${code}"][data-want="${want}"]`).waitFor();

scene('a refused camera: the call goes on with voice, and the camera comes when it is allowed', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { contextOptions: { permissions: ['microphone'] } } });
  await connect(alice, bob);
  await problem(alice, 'permission_refused', 'camera');
  await Promise.all([bob.hears('first'), alice.hears('second'), alice.seesCard('second')]);
  assert.deepEqual(await alice.probe('live'), ['audio']);
  assert.match(await alice.get('call-camera').getAttribute('class'), /failed/);
  await alice.get('call-settings').click();
  await alice.ui().locator('.blocked[data-code="permission_refused"]').waitFor();
  await alice.page.context().grantPermissions(['camera', 'microphone']);
  await alice.get('call-allow').click();
  await alice.get('modal-close').click();
  await bob.seesCard('first');
});

scene('refused microphone and camera: asked again until allowed, without a click', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { contextOptions: { permissions: [] } } });
  await connect(alice, bob);
  await problem(alice, 'permission_refused', 'mic');
  await Promise.all([alice.seesCard('second'), alice.hears('second')]);
  assert.deepEqual(await alice.probe('live'), []);
  await alice.page.context().grantPermissions(['camera', 'microphone']);
  await bob.hears('first');
  // The camera waits for a click.
  await problem(alice, 'permission_refused', 'camera');
});

scene('no camera is there: voice all the same', async (stage) => {
  const flags = fakeDevices('first').filter((flag) => !/video-capture|use-fake-device/.test(flag));
  const browser = await launchBrowser([...flags, '--use-fake-device-for-media-stream=device-count=0']);
  stage.undo.push(() => browser.close());
  const [alice, bob] = await callers(stage, { first: { contextOptions: { browser } } });
  await connect(alice, bob);
  await problem(alice, 'device_not_found', 'camera');
  await Promise.all([alice.seesCard('second'), alice.hears('second'), bob.hears('first')]);
  assert.deepEqual(await alice.probe('live'), ['audio']);
});

scene('the host page forbids it by its policy', async (stage) => {
  stage.expectedFaults = [/Permissions policy violation/];
  const headers = { 'permissions-policy': 'camera=(), microphone=()' };
  const [alice, bob] = await callers(stage, { first: { headers } });
  await connect(alice, bob);
  await problem(alice, 'blocked_by_policy', 'mic');
  await alice.seesCard('second');
});

scene('the frame of the host page does not allow it', async (stage) => {
  stage.expectedFaults = [/Permissions policy violation/];
  const body = `<iframe id="chat" title="Chat" src="${stage.server.origin}/embed" width="420" height="640"></iframe>`;
  const html = hostPage(stage.server.origin, { body });
  const [alice, bob] = await callers(stage, { first: { html, options: { iframe: '#chat' } } });
  await connect(alice, bob);
  await problem(alice, 'blocked_by_frame', 'mic');
  await alice.seesCard('second');
});

scene('a page that is not on https', async (stage) => {
  const [alias, other] = await Promise.all(['alice', 'bob'].map((name) => stage.alias(name, { role: 'plus' })));
  await stage.server.addChat(alias, other);
  const bob = await person(stage, other, { contextOptions: { browser: stage.other } });
  const origin = `http://plain.test:${stage.server.port}`;
  // The bare page has no icon.
  stage.expectedFaults = [/Failed to load resource.*404/];
  const alice = await stage.visitor(alias, { url: `${origin}/readyz`, contextOptions: { bypassCSP: true } });
  assert.equal(await alice.page.evaluate(() => window.isSecureContext), false);
  await alice.page.addScriptTag({ url: `${origin}/widget/bandyer-widget.min.js` });
  await alice.create();
  await connect(bob, alice);
  await problem(alice, 'not_secure', 'mic');
});

/** Runs in the page: another program has the camera, as long as `cameraInUse` says so. */
function useCameraElsewhere(name) {
  Object.assign(window, { cameraInUse: true, cameraRefusals: 0 });
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    if (wish.video && window.cameraInUse) {
      window.cameraRefusals += 1;
      throw new DOMException('Could not start video source', name);
    }
    return native(wish);
  };
}

// Browsers do not agree on the name of it.
for (const name of ['NotReadableError', 'AbortError', 'TrackStartError']) scene(`a camera that another program has (${name}): voice goes on, and the camera comes when it is free and asked for`, async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: `(${useCameraElsewhere})('${name}')` } });
  await connect(alice, bob);
  await problem(alice, 'device_in_use', 'camera');
  const card = alice.get('call-problem');
  assert.match(await card.textContent(), /camera.*Another program is using it/is);
  await Promise.all([bob.hears('first'), alice.hears('second'), alice.seesCard('second')]);
  assert.deepEqual(await alice.probe('live'), ['audio']);
  assert.equal(await bob.probe('picture', 1, 300), null);
  // Asked too early: it is said again, and the voice is still there.
  const refusals = () => alice.page.evaluate(() => window.cameraRefusals);
  const before = await refusals();
  await alice.get('call-try-again').click();
  await eventually(async () => assert.equal(await refusals(), before + 1));
  await problem(alice, 'device_in_use', 'camera');
  await bob.hears('first');
  await alice.page.evaluate(() => { window.cameraInUse = false; });
  await alice.get('call-try-again').click();
  await bob.seesCard('first');
  await card.waitFor({ state: 'hidden' });
  await bob.hears('first');
  assert.deepEqual(await alice.probe('live'), ['audio', 'video']);
});

/** Runs in the page: there is no such device, and a browser then gives nothing of what was asked for together with it. */
function lacks(kind) {
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    if (wish[kind]) throw new DOMException('Requested device not found', 'NotFoundError');
    return native(wish);
  };
}

scene('only a camera: the picture goes, and the microphone is the one that is missed', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: `(${lacks})('audio')` } });
  await connect(alice, bob);
  await problem(alice, 'device_not_found', 'mic');
  await Promise.all([bob.seesCard('first'), alice.seesCard('second'), alice.hears('second')]);
  assert.deepEqual(await alice.probe('live'), ['video']);
  assert.doesNotMatch(await alice.get('call-camera').getAttribute('class'), /failed/);
});

scene('only a microphone: the voice goes, and the camera is the one that is missed', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: `(${lacks})('video')` } });
  await connect(alice, bob);
  await problem(alice, 'device_not_found', 'camera');
  await Promise.all([bob.hears('first'), alice.seesCard('second')]);
  assert.deepEqual(await alice.probe('live'), ['audio']);
});

/** Runs in the page: nothing with sound plays unless it is started within a click, and what was started is remembered. */
function refuseSoundWithoutClick() {
  window.sounds = new Set();
  let clicked = false;
  window.addEventListener('click', () => { clicked = true; setTimeout(() => { clicked = false; }); }, true);
  const native = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function play() {
    if (this.muted) return native.call(this);
    window.sounds.add(this);
    return clicked ? native.call(this) : Promise.reject(new DOMException('play() failed', 'NotAllowedError'));
  };
}

scene('a browser that plays no sound without a click: the call says so, and a click lets it be heard', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: refuseSoundWithoutClick } });
  await connect(alice, bob);
  const sounds = () => alice.page.evaluate(() => [...window.sounds].map(({ paused, muted, volume, currentTime }) => ({ paused, muted, volume, runs: currentTime > 0 })));
  await alice.get('call-playback').getByText('Your browser plays no sound before you allow it.').waitFor();
  await Promise.all([alice.seesCard('second'), bob.hears('first'), bob.seesCard('first')]);
  assert.deepEqual(await sounds(), [{ paused: true, muted: false, volume: 1, runs: false }]);
  assert.equal(await bob.get('call-playback').count(), 0, 'the other side has its sound');
  await alice.get('call-play').click();
  await alice.get('call-playback').waitFor({ state: 'hidden' });
  await eventually(async () => assert.deepEqual(await sounds(), [{ paused: false, muted: false, volume: 1, runs: true }]));
  await alice.hears('second');
  await alice.hangsUpByButton();
  await alice.leftNothing();
});

/** Runs in the page: devices come and go as `change` says. When `listsNothing`, no list of them is answered any more. */
function letDevicesComeAndGo() {
  Object.assign(window, { more: [], gone: [], lists: 0, listsNothing: false, sounds: [] });
  const devices = navigator.mediaDevices;
  const native = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => {
    if (window.listsNothing) return new Promise(() => {});
    const all = (await native()).filter(({ kind }) => !window.gone.includes(kind));
    window.lists += 1;
    return [...all, ...window.more];
  };
  window.change = (changes) => { Object.assign(window, changes); devices.dispatchEvent(new Event('devicechange')); };
  const Native = window.AudioContext;
  window.AudioContext = class extends Native {
    constructor(...args) { super(...args); window.sounds.push(this); }
  };
}

scene('devices are followed during the whole call: the settings show those there are the moment they open', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: letDevicesComeAndGo } });
  await connect(alice, bob);
  await Promise.all([bob.seesCard('first'), alice.seesCard('second')]);
  /** What happens while the settings are closed is listed before they open, and not asked for then. */
  const settingsAfter = async (happens, ...args) => {
    const before = await alice.page.evaluate(() => window.lists);
    await happens(...args);
    await eventually(async () => assert.ok((await alice.page.evaluate(() => window.lists)) > before, 'nobody asks which there are'));
    await alice.page.evaluate(() => { window.listsNothing = true; });
    await alice.get('call-settings').click();
    await alice.get('call-settings-dialog').waitFor();
    const names = await alice.get('call-camera-select').locator('option').allTextContents();
    await alice.get('modal-close').click();
    await alice.page.evaluate(() => { window.listsNothing = false; });
    return names;
  };
  const change = (changes) => alice.page.evaluate((given) => window.change(given), changes);
  const second = { kind: 'videoinput', deviceId: 'second-camera', groupId: '', label: 'A second camera' };
  const [own, ...others] = await settingsAfter(change, { more: [second] });
  assert.match(own, /first/);
  assert.deepEqual(others, ['A second camera']);
  assert.deepEqual(await settingsAfter(change, { more: [] }), [own]);
  // The one in use disappears: its track ends, whether the browser tells more or not.
  await alice.page.evaluate(() => { window.gone = ['videoinput']; });
  assert.deepEqual(await settingsAfter(() => alice.probe('unplug', 'video')), ['No camera found']);
  await alice.page.evaluate(() => { window.gone = []; });
  assert.deepEqual(await settingsAfter(change, {}), [own]);
  await Promise.all([bob.hears('first'), alice.seesCard('second')]);

  await alice.hangsUpByButton();
  await alice.leftNothing();
  const lists = () => alice.page.evaluate(() => window.lists);
  const before = await lists();
  await change({ more: [second] });
  await staysTrue(async () => (await lists()) === before, 300, 'nobody asks after the call');
});

scene('the microphone is measured only while the settings are open', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: letDevicesComeAndGo } });
  await connect(alice, bob);
  await bob.hears('first');
  const open = () => alice.page.evaluate(() => window.sounds.filter(({ state }) => state !== 'closed').length);
  const before = await open();
  await alice.get('call-settings').click();
  const level = async () => Number(await alice.get('call-level').getAttribute('aria-valuenow'));
  await eventually(async () => assert.ok((await level()) > 0));
  assert.equal(await open(), before + 1);
  // In the middle of it another one takes its place, and is measured.
  await alice.probe('unplug', 'audio');
  await bob.hears('first');
  await eventually(async () => assert.ok((await level()) > 0));
  assert.equal(await open(), before + 1);
  await alice.get('modal-close').click();
  await eventually(async () => assert.equal(await open(), before));
});
