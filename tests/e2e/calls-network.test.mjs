// Calls over a network that breaks: lines to the server cut, pages loaded again, the server gone and back.
import assert from 'node:assert/strict';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { networkNoise } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

/** Long enough for what a busy machine does within it; where it is to run out, another server has a shorter one. */
const GRACE_S = 20;
const { scene } = setUpCalls('calls-network', { serverFlags: ['--call-grace-ms', `${GRACE_S * 1000}`, '--dial-ms', '60000'] });

/** Alice behind a line that can be cut. */
async function behindRelay(stage) {
  stage.expectedFaults = networkNoise;
  const line = await stage.relay();
  const [alice, bob] = await callers(stage, { first: { origin: line.origin } });
  return [alice, bob, line];
}

scene('a line lost in the call for less than the grace: pictures never stop, and the call can be ended', async (stage) => {
  const [alice, bob, line] = await behindRelay(stage);
  const call = await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  line.cut();
  await alice.get('call-own-line').waitFor();
  await bob.get('call-peer-line').waitFor();
  await Promise.all([alice.flows(1), bob.flows(1)]);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  line.mend();
  await alice.get('call-own-line').waitFor({ state: 'hidden' });
  await bob.get('call-peer-line').waitFor({ state: 'hidden' });
  // Longer than the grace: it is not running any more.
  await Promise.all([alice.flows(GRACE_S + 1), bob.flows(GRACE_S + 1)]);
  assert.equal(await alice.callStatus(), 'connected');
  await alice.hangsUp();
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', alice.alias]];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
});

scene('what is switched while the line is lost arrives when it is back', async (stage) => {
  // To listen until nothing is heard any more takes a while, and the call waits as long.
  await stage.onServer('--call-grace-ms', '60000');
  const [alice, bob, line] = await behindRelay(stage);
  await connect(alice, bob);
  await bob.hears('first');
  line.cut();
  await alice.get('call-own-line').waitFor();
  await alice.get('call-mic').click();
  await bob.hearsNothing();
  line.mend();
  await bob.get('call-peer-muted').waitFor();
});

scene('a line lost for longer than the grace ends the call on both sides, with the reason', async (stage) => {
  await stage.onServer('--call-grace-ms', '3000');
  const [alice, bob, line] = await behindRelay(stage);
  await connect(alice, bob);
  await bob.seesCard('first');
  line.cut();
  await Promise.all([bob.notInCall(), bob.leftNothing()]);
  await bob.event('call_ended', ({ executor }) => executor === alice.alias);
  const lost = (user) => user.failure('SOCKET_CALL_ERROR');
  await lost(bob);
  line.mend();
  await Promise.all([alice.notInCall(), alice.leftNothing(), lost(alice)]);
  await alice.event('call_ended');
  assert.equal(await alice.callStatus(), 'ended');
  // Both are free for the next one.
  await alice.createsCall(bob);
  await bob.rings();
});

scene('a line lost while it rings, on either side, does not lose the call', async (stage) => {
  const [alice, bob, line] = await behindRelay(stage);
  await alice.createsCall(bob);
  await bob.rings();
  line.cut();
  await eventually(() => line.connections() === 0);
  line.mend();
  await bob.accepts();
  await Promise.all([alice.inCall(), bob.inCall()]);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  await bob.hangsUpByButton();
  await alice.notInCall();
  // The same for the callee.
  await bob.createsCall(alice);
  await alice.rings();
  line.cut();
  await eventually(() => line.connections() === 0);
  line.mend();
  await alice.rings();
  await alice.accepts();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});

scene('a caller whose line is lost for good while it rings: it stops ringing', async (stage) => {
  await stage.onServer('--call-grace-ms', '3000');
  const [alice, bob, line] = await behindRelay(stage);
  const call = await alice.createsCall(bob);
  await bob.rings();
  line.cut();
  await bob.notDialing();
  const { reason, executor } = await bob.event('call_dial_stopped', (event) => event.callAlias === call.callAlias);
  assert.deepEqual([reason, executor], ['error', alice.alias]);
});

scene('a tab loaded again in a call: the other side learns of it within seconds', async (stage) => {
  // The page says goodbye. Without, it would take the grace, which is longer than anything here waits.
  await stage.onServer('--call-grace-ms', '120000');
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await bob.seesCard('first');
  await alice.page.reload();
  await Promise.all([bob.notInCall(), bob.leftNothing()]);
  assert.equal((await bob.event('call_ended')).executor, alice.alias);
  await alice.create();
  await alice.createsCall(bob);
  await bob.rings();
});

scene('the server is started again during a call: it goes on, and can be ended', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await callers(stage);
  const call = await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  await stage.server.stop();
  for (const user of [alice, bob]) await user.get('call-own-line').waitFor();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  await stage.server.start();
  for (const user of [alice, bob]) await user.get('call-own-line').waitFor({ state: 'hidden' });
  await Promise.all([alice.flows(5), bob.flows(5)]);
  assert.equal(await alice.callStatus(), 'connected');
  await bob.hangsUpByButton();
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', bob.alias]];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
});

/** Watches from now on that new pictures arrive at both; `stop` tells how long that was so. */
function watchPictures(...users) {
  let going = true;
  const from = performance.now();
  const done = Promise.all(users.map(async (user) => {
    while (going) await user.flows(1);
    return (performance.now() - from) / 1000;
  }));
  // Looked at in `stop`; until then it may fail while the test waits for something else.
  done.catch(() => {});
  return { stop: () => { going = false; return done; } };
}

scene('a server killed during a call: not one picture is missed, and the call can be ended after the restart', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await callers(stage);
  const call = await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  assert.notEqual((await alice.probe('route')).local, 'relay');
  const pictures = watchPictures(alice, bob);
  await stage.server.kill();
  for (const user of [alice, bob]) await user.get('call-own-line').waitFor();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  await stage.server.start();
  for (const user of [alice, bob]) await user.get('call-own-line').waitFor({ state: 'hidden' });
  // Longer than the grace after the line is back: nothing that began with the kill is running any more.
  await Promise.all([alice.flows(GRACE_S + 1), bob.flows(GRACE_S + 1)]);
  for (const seconds of await pictures.stop()) assert.ok(seconds >= 5, `watched for ${seconds} s only`);
  assert.deepEqual([await alice.callStatus(), await alice.probe('open'), await bob.probe('open')], ['connected', 1, 1]);
  assert.equal(await alice.page.evaluate(() => window.mediaProbe.connections.length), 1, 'it is the same connection still');
  await alice.hangsUp();
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', alice.alias]];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  await connect(bob, alice);
});

scene('a server killed while it rings: it goes on ringing after the restart, and the call connects', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await callers(stage);
  const call = await alice.createsCall(bob);
  await bob.rings();
  await stage.server.kill();
  await stage.server.start();
  for (const user of [alice, bob]) await user.get('network-bar').waitFor({ state: 'hidden' });
  await bob.rings();
  await bob.accepts();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started']];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
});

scene('a server killed while it rings, and away until the ring is over: both are told, and both are free', async (stage) => {
  stage.expectedFaults = networkNoise;
  await stage.onServer('--dial-ms', '12000');
  const [alice, bob] = await callers(stage);
  const call = await alice.createsCall(bob);
  await bob.rings();
  const over = Date.now() + 12_000;
  await stage.server.kill();
  await eventually(() => Date.now() > over, { timeout: 30_000 });
  await stage.server.start();
  const events = [['incoming_call'], ['call_dial_stopped', alice.alias, 'dial_timeout']];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  await Promise.all([alice.notDialing(), bob.notDialing(), alice.leftNothing()]);
  await connect(bob, alice);
});

scene('both sides lose the way at the same moment, again and again: both pictures go on', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  for (let times = 0; times < 4; times += 1) {
    await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
    const ways = () => Promise.all([alice.probe('way'), bob.probe('way')]);
    const before = await ways();
    await Promise.all([alice.probe('loseWay'), bob.probe('loseWay')]);
    await eventually(async () => (await ways()).forEach((way, side) => assert.notEqual(way, before[side], 'no new way')));
    await Promise.all([alice.flows(1), bob.flows(1)]);
  }
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
});

scene('only the callee notices that the way is lost: both look for a new one', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  const before = await alice.probe('way');
  await bob.probe('loseWay');
  await eventually(async () => assert.notEqual(await alice.probe('way'), before, 'no new way'));
  await bob.get('call-reconnecting').waitFor({ state: 'hidden' });
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});
