// Calls that cannot connect: both sides are told why and what to do, nobody is left ringing, and nothing is booked.
import assert from 'node:assert/strict';
import { callers, setUpCalls } from './support/calls.mjs';
import { eventually, staysTrue } from './support/wait.mjs';

const { scene } = setUpCalls('calls-connect');

/** Runs in the page: no address of the other side is ever tried. */
function deaf() {
  const proto = window.RTCPeerConnection.prototype;
  proto.addIceCandidate = () => Promise.resolve();
  const native = proto.setRemoteDescription;
  proto.setRemoteDescription = function setRemoteDescription(description) {
    const sdp = description.sdp.replace(/^a=candidate:.*\r\n/gm, '');
    return native.call(this, { type: description.type, sdp });
  };
}
/** Runs in the page: WebRTC is switched off, in one way or the other. */
function withoutWebrtc() { window.RTCPeerConnection = undefined; }
function withForbiddenWebrtc() {
  window.RTCPeerConnection = class { constructor() { throw new DOMException('forbidden', 'NotAllowedError'); } };
}
/** Runs in the page: what the other side describes is not understood. */
function withForeignWebrtc() {
  window.RTCPeerConnection.prototype.setRemoteDescription = () => Promise.reject(new DOMException('no', 'InvalidAccessError'));
}

const failure = (user, code, timeout = 15_000) =>
  user.ui().locator(`[data-testid="call-failure"][data-code="${code}"]`).waitFor({ timeout });

async function nothingIsBooked(stage, call) {
  const room = await stage.server.rest('GET', `/rest/room/info/${call.callAlias}`);
  assert.equal(JSON.stringify(room).match(/"durationUsed":(\d+)/)?.[1], '0', JSON.stringify(room));
}

scene('no way between the two networks: both are told within half a minute, and nothing is booked', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: deaf }, second: { init: deaf } });
  const call = await alice.createsCall(bob);
  await bob.rings();
  await bob.accepts();
  await Promise.all([alice.inCall(), bob.inCall()]);
  const from = Date.now();
  // There is nothing to rate and nothing to count.
  await staysTrue(async () => {
    for (const user of [alice, bob]) {
      if (await user.get('call-quality').count()) return false;
      if (((await user.get('call-clock').textContent()) ?? '').trim()) return false;
    }
    return true;
  }, 6_000, 'a mark or a clock of a connection that is not there');
  await Promise.all([failure(alice, 'CONNECTION_ERROR', 45_000), failure(bob, 'CONNECTION_ERROR', 45_000)]);
  const after = Date.now() - from;
  assert.ok(after > 15_000 && after < 40_000, `it took ${after} ms`);
  await Promise.all([alice.leftNothing(), bob.leftNothing()]);
  await Promise.all([alice.event('call_ended'), bob.event('call_ended')]);
  await nothingIsBooked(stage, call);
});

for (const [name, init] of [['without WebRTC', withoutWebrtc], ['that forbids WebRTC', withForbiddenWebrtc]]) {
  scene(`a caller in a browser ${name} is told at once, and nobody is left ringing`, async (stage) => {
    const [alice, bob] = await callers(stage, { first: { init } });
    await alice.createsCall(bob).catch(() => {});
    await failure(alice, 'WEBRTC_ERROR');
    await bob.notDialing();
    await eventually(async () => assert.equal(await bob.get('dial-view').count(), 0));
  });

  scene(`a callee in a browser ${name} is told at once, and so is the caller`, async (stage) => {
    const [alice, bob] = await callers(stage, { second: { init } });
    const call = await alice.createsCall(bob);
    await bob.rings();
    await bob.accepts();
    await Promise.all([failure(bob, 'WEBRTC_ERROR'), failure(alice, 'PEER_WEBRTC_ERROR')]);
    await Promise.all([alice.leftNothing(), alice.event('call_ended'), bob.event('call_ended')]);
    await nothingIsBooked(stage, call);
  });
}

for (const side of ['first', 'second']) {
  scene(`a description that the ${side} side does not understand ends the call at once`, async (stage) => {
    const [alice, bob] = await callers(stage, { [side]: { init: withForeignWebrtc } });
    await alice.createsCall(bob);
    await bob.rings();
    await bob.accepts();
    await Promise.all([failure(alice, 'CONNECTION_ERROR'), failure(bob, 'CONNECTION_ERROR')]);
    await Promise.all([alice.leftNothing(), bob.leftNothing()]);
  });
}
