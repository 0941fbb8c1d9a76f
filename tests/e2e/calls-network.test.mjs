// Calls over a network that fails: the line to the server is cut, a page is reloaded, the server restarts, nothing but a
// relay is left, the way between the two is lost.
import assert from 'node:assert/strict';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { freePort } from './support/net.mjs';
import { networkNoise } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const turn = await freePort();
const { scene } = setUpCalls('calls network', {
  serverFlags: ['--call-grace-ms', '5000', '--reconnect-ms', '300', '--turn', `127.0.0.1:${turn}`],
});

/** Pictures decoded so far. */
const frames = (user) => user.page.evaluate(async () => {
  const stats = await window.mediaProbe.connections.at(-1).getStats();
  return [...stats.values()].filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video').reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0);
});

/** New pictures arrive all the time: not one gap of a second. */
async function flows(user, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    const before = await frames(user);
    await user.page.waitForTimeout(1000);
    assert.ok((await frames(user)) > before, 'the picture stands still');
  }
}

scene('a cut shorter than the grace period: the call goes on, and its picture all the while', async (stage) => {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [alice, bob] = await callers(stage, { first: { origin: relay.origin } });
  await connect(alice, bob);
  await bob.seesCard('first');
  relay.cut();
  await Promise.all([flows(alice, 2), flows(bob, 2)]);
  relay.mend();
  await alice.networkBar.waitFor({ state: 'hidden' });
  await eventually(async () => assert.ok((await alice.ask('getUser', bob.alias)).status === 'busy'), { timeout: 15_000 });
  await flows(bob, 4);
  assert.equal(await alice.callStatus(), 'connected');
  // Both still have a say.
  await alice.get('call-mic').click();
  await bob.get('call-hang-up').click();
  await Promise.all([alice.event('call_ended', ({ executor }) => executor === bob.alias), bob.event('call_ended')]);
  await Promise.all([alice.leftNothing(), bob.leftNothing()]);
});

scene('a cut longer than the grace period ends the call for both, with a reason', async (stage) => {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [alice, bob] = await callers(stage, { first: { origin: relay.origin } });
  await connect(alice, bob);
  relay.cut();
  await bob.event('call_ended', ({ executor }) => executor === alice.alias, { timeout: 15_000 });
  await bob.get('call-failure').waitFor();
  await bob.leftNothing();
  relay.mend();
  await alice.event('call_ended', () => true, { timeout: 15_000 });
  await alice.get('call-failure').waitFor();
  await alice.leftNothing();
  // Nobody is left busy.
  await connect(bob, alice);
});

scene('a page that is reloaded in a call: the other side learns of it at once', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await bob.page.reload();
  await alice.event('call_ended', ({ executor }) => executor === bob.alias, { timeout: 4000 });
  await alice.leftNothing();
});

scene('the server restarts in a call: the call goes on', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await alice.seesCard('second');
  await stage.server.kill();
  await flows(alice, 1);
  await stage.server.start();
  await eventually(async () => assert.equal((await alice.ask('getUser', bob.alias)).status, 'busy'), { timeout: 15_000 });
  await eventually(async () => assert.equal((await bob.ask('getUser', alice.alias)).status, 'busy'), { timeout: 15_000 });
  // Longer than the grace period: both have taken their places again.
  await flows(bob, 6);
  await alice.get('call-hang-up').click();
  await bob.event('call_ended', ({ executor }) => executor === alice.alias);
  await Promise.all([alice.leftNothing(), bob.leftNothing()]);
});

/** Lets connections of the page use nothing but the relay. */
const relayOnly = (user) => user.page.evaluate(() => { window.mediaProbe.relayOnly = true; });

const route = (user) => user.page.evaluate(async () => {
  const stats = [...(await window.mediaProbe.connections.at(-1).getStats()).values()];
  const pair = stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
  const of = (id) => stats.find((one) => one.id === id)?.candidateType;
  return pair && [of(pair.localCandidateId), of(pair.remoteCandidateId)];
});

scene('with nothing but the embedded relay between them, each sees and hears the other', async (stage) => {
  const [alice, bob] = await callers(stage);
  await Promise.all([relayOnly(alice), relayOnly(bob)]);
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  assert.deepEqual(await route(alice), ['relay', 'relay']);
  assert.deepEqual(await route(bob), ['relay', 'relay']);
});

scene('the way between the two is lost: it is found again without a click', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await callers(stage);
  await Promise.all([relayOnly(alice), relayOnly(bob)]);
  await connect(alice, bob);
  await bob.seesCard('first');
  // A server that is killed takes the relay of the call with it.
  await stage.server.kill();
  await alice.get('call-reconnecting').waitFor({ timeout: 15_000 });
  await stage.server.start();
  await Promise.all([alice, bob].map((user) => user.get('call-reconnecting').waitFor({ state: 'hidden', timeout: 30_000 })));
  await Promise.all([flows(alice, 2), flows(bob, 2)]);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});
