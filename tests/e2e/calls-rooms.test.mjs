// Rooms that the host site makes: how long they last, and whom a link lets in once somebody is there.
import assert from 'node:assert/strict';
import { callers, makeRoom, person, setUpCalls } from './support/calls.mjs';
import { networkNoise } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-rooms');

/** Both have come in by their links, and see each other. */
async function met(stage, fields) {
  const [alice, bob] = await callers(stage);
  const { id, links } = await makeRoom(stage, [alice.alias, bob.alias], { initiatorAlias: alice.alias, ...fields });
  const call = await alice.joins(links[alice.alias]);
  await alice.inCall();
  await bob.joins(links[bob.alias]);
  await Promise.all([alice.event('call_started'), bob.event('call_started'), alice.seesCard('second'), bob.seesCard('first')]);
  return { alice, bob, id, links, call };
}

/** The shortest room that there is, in seconds, and how long before its end both are warned. */
const [SHORTEST_S, WARNED_S] = [60, 30];

scene('a room with a duration: both are warned, see the time run out, and the call ends for both', async (stage) => {
  const { alice, bob, id, links, call } = await met(stage, { duration: SHORTEST_S });
  const both = [alice, bob];
  for (const user of both) {
    assert.equal(await user.get('snack').count(), 0, 'nobody is warned at the beginning');
    assert.match(await user.get('call-clock').textContent(), /^0:\d\d$/);
  }
  const warned = { timeout: (SHORTEST_S - WARNED_S + 10) * 1000 };
  await Promise.all(both.map(async (user) => {
    await user.get('snack').getByText('This call will end soon.').waitFor(warned);
    const left = async () => Number(/^Ends in 0:(\d\d)$/.exec(await user.get('call-clock').textContent())?.[1]);
    const first = await eventually(async () => (await left()) || false);
    assert.ok(first <= WARNED_S, `${first} s are left`);
    await eventually(async () => assert.ok((await left()) < first, 'the time does not run'));
  }));
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  assert.deepEqual([await alice.callStatus(), await bob.callStatus()], ['connected', 'connected']);

  const events = [['call_started'], ['call_ended']];
  const ended = { timeout: (WARNED_S + 10) * 1000 };
  await Promise.all(both.map((user) => user.event('call_ended', () => true, ended)));
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  assert.deepEqual([await alice.callStatus(), await bob.callStatus()], ['ended', 'ended']);

  // The room is used up: nobody comes in any more.
  const { durationUsed } = (await stage.server.rest('GET', `/rest/room/info/${id}`)).room;
  assert.ok(durationUsed >= SHORTEST_S, `${durationUsed} s are used`);
  assert.equal(await alice.isRefused('joinCallURL', links[alice.alias]), 'JOIN_CALL_INVALID_URL');
  await alice.failure('JOIN_CALL_INVALID_URL');
}, { timeout: 150_000 });

scene('a link used twice: in the same page, on another device, and again after the call', async (stage) => {
  const { alice, bob, links } = await met(stage);
  assert.equal(await alice.isRefused('joinCallURL', links[alice.alias]), 'ANOTHER_CALL_IN_PROGRESS');
  assert.equal(await alice.get('call-failure').count(), 0, 'nothing of the running call is covered');

  const second = await person(stage, alice.alias);
  assert.equal(await second.isRefused('joinCallURL', links[alice.alias]), 'GENERIC_CALL_ERROR');
  // The person is told more than the page.
  await second.failure('MULTIPLE_SOCKET_ERROR');
  await second.leftNothing();
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  assert.deepEqual([await alice.callStatus(), await bob.callStatus()], ['connected', 'connected']);

  await alice.hangsUp();
  await Promise.all([alice.notInCall(), bob.notInCall()]);
  await second.joins(links[alice.alias]);
  await second.inCall();
  await bob.joins(links[bob.alias]);
  await Promise.all([second.seesCard('second'), bob.seesCard('first')]);
});

scene('a third person with the link of one of the two stays outside, and the two are not disturbed', async (stage) => {
  const { alice, bob, links } = await met(stage);
  const carol = await person(stage, await stage.alias('carol', { role: 'plus' }));
  for (const owner of [alice, bob]) {
    assert.equal(await carol.isRefused('joinCallURL', links[owner.alias]), 'JOIN_CALL_INVALID_URL');
    await carol.failure('JOIN_CALL_INVALID_URL');
  }
  await carol.leftNothing();
  assert.deepEqual((await carol.events()).filter(({ name }) => /call/.test(name)), []);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  assert.deepEqual([await alice.callStatus(), await bob.callStatus()], ['connected', 'connected']);
  assert.deepEqual([await alice.events('call_ended'), await bob.events('call_ended')], [[], []]);
});

scene('a link of somebody who has another call elsewhere, and one that the server does not hear of', async (stage) => {
  stage.expectedFaults = networkNoise;
  const { alice, bob } = await met(stage);
  const { links } = await makeRoom(stage, [alice.alias, bob.alias]);
  const second = await person(stage, alice.alias);
  assert.equal(await second.isRefused('joinCallURL', links[alice.alias]), 'JOIN_CALL_REQUEST_FAILED');
  await second.failure('JOIN_CALL_REQUEST_FAILED');
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  await alice.hangsUp();
  await Promise.all([alice.notInCall(), bob.notInCall()]);

  const line = await stage.relay();
  const far = await person(stage, alice.alias, { origin: line.origin });
  line.cut();
  await eventually(() => line.connections() === 0);
  assert.equal(await far.isRefused('joinCallURL', links[alice.alias]), 'JOIN_CALL_REQUEST_FAILED');
  await far.failure('JOIN_CALL_REQUEST_FAILED');
  await far.leftNothing();
});
