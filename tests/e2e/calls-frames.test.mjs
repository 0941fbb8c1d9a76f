// The data channel of a call: two pages hear each other past the server, and a browser without one calls all the same.
import assert from 'node:assert/strict';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-frames');

/** Runs in the page: remembers what arrives, and how the channel was made. */
function listenToFrames() {
  window.framesHeard = [];
  window.channelsMade = [];
  const proto = window.RTCPeerConnection.prototype;
  const native = proto.createDataChannel;
  proto.createDataChannel = function createDataChannel(...args) {
    const channel = native.apply(this, args);
    window.channelsMade.push({ negotiated: channel.negotiated, id: channel.id, ordered: channel.ordered });
    channel.addEventListener('message', ({ data }) => window.framesHeard.push(JSON.parse(data)));
    return channel;
  };
}
/** Runs in the page: as a browser without data channels. */
function withoutChannels() { delete window.RTCPeerConnection.prototype.createDataChannel; Object.getPrototypeOf(window.RTCPeerConnection).prototype.createDataChannel = undefined; }

scene('two pages exchange a frame over the one channel of their first offer', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: listenToFrames }, second: { init: listenToFrames } });
  await connect(alice, bob);
  for (const user of [alice, bob]) {
    await eventually(async () => assert.ok((await user.page.evaluate(() => window.framesHeard)).some(({ hello }) => hello?.v > 0)));
    assert.deepEqual(await user.page.evaluate(() => window.channelsMade), [{ negotiated: true, id: 0, ordered: false }]);
  }
});

scene('a browser without data channels calls all the same', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { init: withoutChannels }, second: { init: listenToFrames } });
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  assert.deepEqual(await bob.page.evaluate(() => window.framesHeard), []);
});
