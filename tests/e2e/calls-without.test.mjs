// A browser without WebRTC: every way into a call says so, to both sides, and the chat goes on. The first of the two has
// such a browser, of its own or made so; the other one has Chromium.
import assert from 'node:assert/strict';
import { launchChromium } from './support/browser/engines.mjs';
import { callers, makeRoom, setUpCalls } from './support/calls.mjs';
import { fakeDevices } from './support/media.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-without', { launchSecond: () => launchChromium(fakeDevices('second')) });

/** Runs in the page, before all else. */
function withoutWebrtc() { delete window.RTCPeerConnection; }

const pair = (stage) => callers(stage, { first: { init: withoutWebrtc } });

/** Here it is said in words, the other one is not left ringing, and both can go on. */
async function isSaid(here, other) {
  await here.failure('WEBRTC_ERROR');
  assert.match(await here.get('call-failure').textContent(), /This browser cannot make calls.*Calls need WebRTC/s);
  await other.notDialing();
  await here.get('call-failure-close').click();
  await here.get('call-failure').waitFor({ state: 'hidden' });
  await here.openChat(other.alias);
  await here.send('let us write instead');
  await other.event('message_received', ({ text }) => text === 'let us write instead');
}

scene('createCall', async (stage) => {
  const [here, other] = await pair(stage);
  await here.createsCall(other).catch(() => {});
  await isSaid(here, other);
});

for (const kind of ['audio', 'video']) {
  scene(`the ${kind} button above a conversation`, async (stage) => {
    const [here, other] = await pair(stage);
    await here.callsByButton(other, kind);
    await isSaid(here, other);
  });
}

scene('joinCallURL', async (stage) => {
  const [here, other] = await pair(stage);
  const { links } = await makeRoom(stage, [here.alias, other.alias]);
  await other.joins(links[other.alias]);
  await here.joins(links[here.alias]).catch(() => {});
  await other.failure('PEER_WEBRTC_ERROR');
  await isSaid(here, other);
});

scene('a ring that is accepted', async (stage) => {
  const [here, other] = await pair(stage);
  await other.createsCall(here);
  await here.rings();
  await here.accepts();
  await other.failure('PEER_WEBRTC_ERROR');
  await isSaid(here, other);
});

scene('a ring that is declined, as in any browser', async (stage) => {
  const [here, other] = await pair(stage);
  await other.createsCall(here);
  await here.rings();
  await here.declines();
  await other.event('call_dial_declined');
  await Promise.all([here.notInCall(), other.notInCall()]);
  await eventually(async () => assert.equal(await here.get('call-failure').count(), 0));
});
