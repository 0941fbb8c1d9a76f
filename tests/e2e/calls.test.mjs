// One calls the other: rings, answers, pictures and tones of the other side, and every way it ends.
import assert from 'node:assert/strict';
import { callers, setUpCalls } from './support/calls.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls');

scene('createCall rings, is accepted, and each sees and hears the other', async (stage) => {
  const [alice, bob] = await callers(stage);
  const call = await alice.createsCall(bob);
  assert.match(call.callAlias, /^room_/);
  assert.equal(call.callDirection, 'outgoing');
  assert.deepEqual(call.callParticipants, [alice.alias, bob.alias]);
  assert.equal(await alice.callStatus(), 'dialing');
  await alice.get('dial-view').waitFor();
  await bob.get('dial-view').waitFor();
  assert.deepEqual(await bob.probe('live'), [], 'nothing of the callee is open before the accept');
  await eventually(async () => assert.equal(await bob.probe('prepared'), true, 'the offer is not taken in'));
  assert.equal(await bob.probe('spoken'), false, 'nothing of the callee leaves the browser before the accept');
  await bob.accepts();
  await Promise.all([alice.inCall(), bob.inCall()]);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  assert.equal(await alice.callStatus(), 'connected');

  await alice.get('call-hang-up').click();
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  await Promise.all([alice.event('call_ended'), bob.event('call_ended')]);
  assert.equal(await alice.callStatus(), 'ended');
  const events = [
    ['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', alice.alias],
  ];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
});
