// A callee that is no widget and sends what no browser would: the caller's page bears it, and can still hang up.
import assert from 'node:assert/strict';
import { person, setUpCalls } from './support/calls.mjs';
import { Line } from './support/socket.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-hostile');

scene('malformed signals, a flood of candidates, and an answer to someone else’s call', async (stage) => {
  const names = ['alice', 'mallory', 'eve'];
  const [me, mallory, eve] = await Promise.all(names.map((name) => stage.alias(name, { role: 'plus' })));
  const alice = await person(stage, me);
  const line = await Line.signedIn(stage.server, mallory);
  const { callAlias: call } = await alice.createsCall(mallory);
  const stranger = await Line.signedIn(stage.server, eve);
  for (const wish of [{ accept: { call } }, { hang_up: { call } }, { signal: { call, signal: { media: { mic: true, camera: true, screen: true } } } }]) {
    const answer = await stranger.ask({ call: wish });
    assert.equal(answer.error?.code, 'call_not_found', JSON.stringify(answer));
  }
  await eventually(() => assert.ok(line.frames.some(({ msg }) => msg.call?.dialed?.call.call === call)));
  assert.ok((await line.ask({ call: { accept: { call } } })).call?.entered);
  await alice.inCall();
  const signal = (content) => line.ask({ call: { signal: { call, signal: content } } });
  const offered = () => line.frames.map(({ msg }) => msg.call?.signaled?.signal?.description).find((one) => one?.kind === 'offer');
  const { number } = await eventually(() => offered() ?? false);
  const nonsense = ['', 'nonsense', 'v=0\r\n', `v=0\r\n${'a=x\r\n'.repeat(2000)}`];
  for (const sdp of nonsense) {
    const refused = await signal({ description: { kind: 'offer', number, sdp } });
    assert.equal(refused.error?.code, 'invalid_signal', 'the other side offers');
    // Answers to no offer, or to one that is not the newest.
    await signal({ description: { kind: 'answer', number: number + 1, sdp } });
  }
  for (const candidate of ['', 'candidate:', 'candidate:1 1 udp 1 999.1.1.1 99999 typ host', '<script>alert(1)</script>']) {
    for (const of of [0, number, number + 1]) await signal({ candidate: { candidate, mid: '0', line: 7, number: of } });
  }
  assert.ok((await signal({ description: { kind: 'answer', number, sdp: 'x'.repeat(40_000) } })).error, 'too long');
  const flood = await Promise.all(Array.from({ length: 900 }, (_, n) =>
    signal({ candidate: { candidate: `candidate:${n} 1 udp 1 192.0.2.1 ${n + 1} typ host`, mid: '0', line: 0, number } })));
  assert.ok(flood.some((answer) => answer.error?.code === 'rate_limited'), 'a flood is refused');
  assert.equal(await alice.callStatus(), 'connected');
  await alice.hangsUpByButton();
  await Promise.all([alice.notInCall(), alice.leftNothing()]);
  line.close();
  stranger.close();
});

scene('an answer that nobody understands ends the call, and says why', async (stage) => {
  const [me, mallory] = await Promise.all(['alice', 'mallory'].map((name) => stage.alias(name, { role: 'plus' })));
  const alice = await person(stage, me);
  const line = await Line.signedIn(stage.server, mallory);
  const { callAlias: call } = await alice.createsCall(mallory);
  await eventually(() => assert.ok(line.frames.some(({ msg }) => msg.call?.dialed?.call.call === call)));
  await line.ask({ call: { accept: { call } } });
  await alice.inCall();
  const offered = () => line.frames.map(({ msg }) => msg.call?.signaled?.signal?.description).find((one) => one?.kind === 'offer');
  const { number } = await eventually(() => offered() ?? false);
  await line.ask({ call: { signal: { call, signal: { description: { kind: 'answer', number, sdp: 'nonsense' } } } } });
  await Promise.all([alice.failure('CONNECTION_ERROR'), alice.leftNothing()]);
  await eventually(() => assert.equal(line.frames.map(({ msg }) => msg.call?.ended?.reason).find(Boolean), 'no_way'));
  line.close();
});
