// What is sent in a call: voice, camera, screen; switched on and off, seen and heard at the other side.
import assert from 'node:assert/strict';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { cardPage, fakeDevices, pitches } from './support/media.mjs';
import { launchBrowser } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const firstArgs = [...fakeDevices('first'), '--auto-select-tab-capture-source-by-title=The shared page'];
const { scene } = setUpCalls('calls-media', { firstArgs });

const live = (user, kinds) => eventuallyEqual(() => user.probe('live'), kinds);
const main = (user, tile, moving = true) =>
  user.ui().locator(`[data-testid="call-main"][data-tile="${tile}"][data-moving="${moving}"]`).waitFor();

scene('audio_only: voices both ways, no camera, and no button for one', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob, { callType: 'audio_only' });
  await Promise.all([alice.hears('second'), bob.hears('first')]);
  for (const user of [alice, bob]) {
    await live(user, ['audio']);
    assert.equal(await user.get('call-camera').count(), 0);
    assert.equal(await user.probe('picture', 1, 300), null);
  }
});

scene('audio_upgradable: voices first, and each camera when its owner wants it', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob, { callType: 'audio_upgradable' });
  await Promise.all([alice.hears('second'), bob.hears('first')]);
  await Promise.all([live(alice, ['audio']), live(bob, ['audio'])]);
  await alice.get('call-camera').click();
  await bob.seesCard('first');
  await main(bob, 'peer');
  await live(bob, ['audio']);
  await bob.get('call-camera').click();
  await alice.seesCard('second');
  await main(alice, 'peer');
});

scene('a muted microphone is silence, and both see that it is muted', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await bob.hears('first');
  await alice.get('call-mic').click();
  await bob.hearsNothing();
  await bob.get('call-peer-muted').waitFor();
  assert.equal(await alice.get('call-mic').getAttribute('aria-pressed'), 'false');
  await alice.hears('second');
  await alice.get('call-mic').click();
  await bob.hears('first');
  await bob.get('call-peer-muted').waitFor({ state: 'hidden' });
});

scene('a camera switched off is released, and comes back', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await Promise.all([bob.seesCard('first'), alice.seesCard('second')]);
  await alice.get('call-camera').click();
  await live(alice, ['audio']);
  await main(bob, 'peer', false);
  await bob.hears('first');
  await alice.seesCard('second');
  await alice.get('call-camera').click();
  await bob.seesCard('first');
  await main(bob, 'peer');
});

scene('oneself is shown mirrored, beside the other one', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await main(alice, 'peer');
  const self = alice.get('call-self').locator('video');
  await self.waitFor();
  const transform = await self.evaluate((node) => new DOMMatrix(getComputedStyle(node).transform).a);
  assert.equal(transform, -1);
  const other = await alice.get('call-main').locator('video').evaluate((node) => new DOMMatrix(getComputedStyle(node).transform).a);
  assert.equal(other, 1);
  assert.ok(await self.evaluate((node) => node.muted), 'nobody hears oneself');
});

for (const [kind, id] of [['static', 'call-screen-static'], ['dynamic', 'call-screen-dynamic']]) {
  scene(`a screen shared as ${kind} shows at the other side, beside the camera, until it is stopped`, async (stage) => {
    const [alice, bob] = await callers(stage);
    const shared = await alice.page.context().newPage();
    await shared.goto(stage.host.add(cardPage('screen', 'The shared page')));
    await alice.page.bringToFront();
    await connect(alice, bob);
    await bob.seesCard('first');
    await alice.get('call-screen').click();
    await alice.get(id).click();
    await bob.seesCard('screen', 2);
    await main(bob, 'peer-screen');
    await bob.seesCard('first');
    await bob.ui().locator('[data-testid="call-tile"][data-tile="peer"]').waitFor();
    await alice.ui().locator('[data-testid="call-tile"][data-tile="my-screen"]').waitFor();
    await alice.get('call-screen').click();
    await main(bob, 'peer');
    await live(alice, ['audio', 'video']);
  });
}

scene('a screen that ends by itself, because its tab is closed, ends for both', async (stage) => {
  const [alice, bob] = await callers(stage);
  const shared = await alice.page.context().newPage();
  await shared.goto(stage.host.add(cardPage('screen', 'The shared page')));
  await alice.page.bringToFront();
  await connect(alice, bob);
  await alice.get('call-screen').click();
  await alice.get('call-screen-static').click();
  await bob.seesCard('screen', 2);
  await shared.close();
  await main(bob, 'peer');
  await eventually(async () => assert.equal(await alice.get('call-screen').getAttribute('aria-pressed'), 'false'));
  await live(alice, ['audio', 'video']);
});

/** Runs in the page: a picker that gives sound without a picture, as long as `soundOnly` says so. */
function pickSoundOnly() {
  window.soundOnly = true;
  const native = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getDisplayMedia = async (wish) => {
    if (!window.soundOnly) return native(wish);
    const context = new AudioContext();
    const { stream } = new MediaStreamAudioDestinationNode(context);
    const tone = new OscillatorNode(context);
    for (let n = 0; n < 2; n += 1) stream.addTrack(tone.connect(new MediaStreamAudioDestinationNode(context)).stream.getAudioTracks()[0]);
    tone.start();
    window.picked = stream.getTracks();
    return stream;
  };
}

scene('a screen without a picture: the person is told, nothing of it stays open, and the next one is shared', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: pickSoundOnly } });
  const shared = await alice.page.context().newPage();
  await shared.goto(stage.host.add(cardPage('screen', 'The shared page')));
  await alice.page.bringToFront();
  await connect(alice, bob);
  await bob.seesCard('first');
  await alice.get('call-screen').click();
  await alice.get('call-screen-static').click();
  await alice.get('snack').getByText('Your screen cannot be shared').waitFor();
  const states = await alice.page.evaluate(() => window.picked.map((track) => track.readyState));
  assert.deepEqual(states, ['ended', 'ended', 'ended']);
  assert.equal(await bob.probe('picture', 2, 300), null);
  await Promise.all([bob.seesCard('first'), bob.hears('first')]);
  await alice.page.evaluate(() => { window.soundOnly = false; });
  await alice.get('call-screen').click();
  await alice.get('call-screen-static').click();
  await bob.seesCard('screen', 2);
  await main(bob, 'peer-screen');
});

scene('the sound of a shared tab is heard beside the voice, as long as it is shared', async (stage) => {
  const audible = async (args) => {
    const browser = await launchBrowser(args, { audible: true });
    stage.undo.push(() => browser.close());
    return { contextOptions: { browser } };
  };
  const [first, second] = await Promise.all([
    audible(firstArgs), audible([...fakeDevices('second'), '--auto-select-tab-capture-source-by-title=Host page']),
  ]);
  const [alice, bob] = await callers(stage, { first, second });
  const shared = await alice.page.context().newPage();
  await shared.goto(stage.host.add(cardPage('screen', 'The shared page', pitches.screen)));
  await alice.page.bringToFront();
  await connect(alice, bob);
  await bob.hears('first');
  await bob.playsExactly('first');
  await alice.get('call-screen').click();
  await alice.get('call-screen-dynamic').click();
  await bob.seesCard('screen', 2);
  await bob.playsExactly('first', 'screen');
  // Each by itself: neither is the other's.
  await alice.get('call-mic').click();
  await bob.playsExactly('screen');
  await alice.get('call-mic').click();
  await bob.playsExactly('first', 'screen');
  await alice.get('call-screen').click();
  await bob.playsExactly('first');
});

scene('whoever hangs up, nothing stays open on either side', async (stage) => {
  for (const who of [0, 1]) {
    const [alice, bob] = await callers(stage);
    await connect(alice, bob);
    await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
    await [alice, bob][who].hangsUpByButton();
    await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  }
});

scene('the chat goes on during a call, and the call during the chat', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await bob.seesCard('first');
  await alice.get('call-chat').click();
  await alice.get('call-view').waitFor({ state: 'hidden' });
  await alice.openChat(bob.alias);
  await alice.send('while we talk');
  await bob.event('message_received');
  await eventually(async () => assert.match(await bob.get('call-chat').textContent(), /1/));
  await Promise.all([alice.hears('second'), bob.hears('first'), bob.seesCard('first')]);
  await alice.get('conversation').getByTestId('back-to-call').click();
  await alice.inCall();
  await main(alice, 'peer');
  await alice.seesCard('second');
});

scene('full screen fills the page and gives it back', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  const size = async () => { const { width, height } = await alice.get('call-view').boundingBox(); return [width, height]; };
  const before = await size();
  await alice.get('call-fullscreen').click();
  await eventually(async () => { const [width, height] = await size(); assert.ok(width > 1200 && height > 700, `${width}x${height}`); });
  await alice.get('call-fullscreen').click();
  await eventuallyEqual(size, before);
});

scene('settings show the devices, a preview and the level of the microphone', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await alice.get('call-settings').click();
  await alice.get('call-preview').locator('video').waitFor();
  // A camera made of a file has the file's name.
  for (const [id, name] of [['call-camera-select', /first/], ['call-mic-select', /fake/i]]) {
    await eventually(async () => assert.match(await alice.get(id).locator('option:checked').textContent(), name));
  }
  await eventually(async () => assert.ok(Number(await alice.get('call-level').getAttribute('aria-valuenow')) > 0));
  await alice.get('modal-close').click();
  await bob.seesCard('first');
});

scene('a microphone that ends is asked for again', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await bob.hears('first');
  await alice.probe('unplug', 'audio');
  await eventually(async () => assert.deepEqual(await alice.probe('live'), ['audio', 'video']));
  await bob.hears('first');
});

scene('a call of many switches ends clean', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  for (let n = 0; n < 4; n += 1) {
    for (const user of [alice, bob]) await user.get('call-camera').click();
    for (const user of [alice, bob]) await user.get('call-mic').click();
  }
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  await alice.hangsUpByButton();
  await Promise.all([alice.leftNothing(), bob.leftNothing()]);
  await staysTrue(async () => (await alice.probe('live')).length === 0, 300, 'no light comes back');
});
