// The ring: every way it ends, on every device of both sides, and what is refused before it begins.
import assert from 'node:assert/strict';
import { callers, connect, person, setUpCalls } from './support/calls.mjs';
import { eventually, staysTrue } from './support/wait.mjs';

const { scene } = setUpCalls('calls-ring');

const another = (stage, user, where = {}) => person(stage, user.alias, { ...where, contextOptions: { browser: stage.other } });

for (const [kind, callType] of [['audio', 'audio_upgradable'], ['video', 'audio_video']]) {
  scene(`the ${kind} button calls with ${callType}, and the callee declines`, async (stage) => {
    const [alice, bob] = await callers(stage);
    await alice.callsByButton(bob, kind);
    await bob.rings();
    const call = await alice.event('incoming_call');
    assert.equal(call.callOptions.callType, callType);
    assert.equal(call.callOptions.live, true);
    assert.ok(Math.abs(Date.now() - Date.parse(call.callOptions.creationDate)) < 60_000);
    await bob.declines();
    await Promise.all([alice.notDialing(), bob.notDialing(), alice.leftNothing(), bob.leftNothing()]);
    const events = [['incoming_call'], ['call_dial_declined', bob.alias, 'none']];
    await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
    await alice.get('header-call-audio').waitFor();
    await alice.callsByButton(bob, kind);
    await bob.rings();
  });
}

scene('the caller stops: both are told, and the chat keeps a missed call', async (stage) => {
  const [alice, bob] = await callers(stage);
  await alice.callsByButton(bob);
  await bob.rings();
  const call = await alice.event('incoming_call');
  await alice.get('dial-stop').click();
  await Promise.all([alice.notDialing(), bob.notDialing(), alice.leftNothing()]);
  const events = [['incoming_call'], ['call_dial_stopped', alice.alias, 'hangup']];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  await alice.get('missed-call').waitFor();
  // Closed before the call, closed after it.
  await bob.panel.waitFor({ state: 'hidden' });
  await bob.openChat(alice.alias);
  await bob.get('missed-call').waitFor();
});

scene('nobody answers: the server ends it for both', async (stage) => {
  await stage.onServer('--dial-ms', '7000');
  const [alice, bob] = await callers(stage);
  const call = await alice.createsCall(bob);
  await bob.rings();
  await Promise.all([alice.notDialing(), bob.notDialing()]);
  const events = [['incoming_call'], ['call_dial_stopped', alice.alias, 'dial_timeout']];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  assert.equal(await alice.callStatus(), 'ended');
});

scene('hangUp of the call object stops the ring, and is refused once it is over', async (stage) => {
  const [alice, bob] = await callers(stage);
  const call = await alice.createsCall(bob);
  await bob.rings();
  await alice.hangsUp();
  await bob.notDialing();
  const events = [['incoming_call'], ['call_dial_stopped', alice.alias, 'hangup']];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
  assert.equal(await alice.callStatus(), 'ended');
  const refused = await alice.page.evaluate(() => window.call.hangUp().then(() => null, (error) => window.e2e.plain(error)));
  assert.equal(refused.message, 'HANG_UP_ON_ENDED_CALL');
  assert.equal(refused.$error, 'Error');
});

for (const [verb, reason] of [['accepts', 'answered_on_another_device'], ['declines', 'declined_on_another_device']]) {
  scene(`one device of the callee ${verb}: the other one stops ringing with the reason`, async (stage) => {
    const [alice, bob] = await callers(stage);
    const second = await another(stage, bob);
    const call = await alice.createsCall(bob);
    await Promise.all([bob.rings(), second.rings()]);
    await bob[verb]();
    await second.notDialing();
    await second.told(call, 'incoming', [['incoming_call'], ['call_dial_stopped', bob.alias, reason]]);
    assert.equal(await second.get('call-view').count(), 0);
    await second.leftNothing();
    if (verb === 'accepts') await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  });
}

scene('who is in a call is busy for a third, and is not disturbed', async (stage) => {
  const [alice, bob] = await callers(stage);
  const carol = await person(stage, await stage.alias('carol', { role: 'plus' }));
  await connect(alice, bob);
  await eventually(async () => assert.equal((await carol.ask('getUser', bob.alias)).status, 'busy'));
  assert.equal(await carol.isRefused('createCall', [bob.alias], {}), 'USERS_BUSY_ERROR');
  await carol.ui().locator('[data-testid="call-failure"][data-code="USERS_BUSY_ERROR"]').waitFor();
  await carol.leftNothing();
  assert.deepEqual(await carol.events('incoming_call'), []);
  assert.equal((await bob.events('incoming_call')).length, 1);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  await bob.hangsUpByButton();
  await eventually(async () => assert.equal((await carol.ask('getUser', bob.alias)).status, 'online'));
  await carol.createsCall(bob);
  await bob.rings();
});

scene('a second call is refused while the first one rings and while it goes on', async (stage) => {
  const [alice, bob] = await callers(stage);
  await alice.createsCall(bob);
  await bob.rings();
  assert.equal(await alice.isRefused('createCall', [bob.alias], {}), 'ANOTHER_CALL_IN_PROGRESS');
  assert.equal(await bob.isRefused('createCall', [alice.alias], {}), 'ANOTHER_CALL_IN_PROGRESS');
  await bob.accepts();
  await Promise.all([alice.inCall(), bob.inCall()]);
  assert.equal(await bob.isRefused('createCall', [alice.alias], {}), 'ANOTHER_CALL_IN_PROGRESS');
  assert.equal(await alice.isRefused('joinCallURL', `${stage.server.origin}/connect/rest-call-handler/x`), 'ANOTHER_CALL_IN_PROGRESS');
  assert.equal(await alice.get('call-failure').count(), 0, 'nothing of the running call is covered');
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});

scene('calls that cannot be: the strings of 1.45.0, and the view that says so', async (stage) => {
  const [alice, bob] = await callers(stage);
  const fails = async (user, code, users, options = {}) => {
    assert.equal(await user.isRefused('createCall', users, options), code, JSON.stringify([users, options]));
    await user.ui().locator(`[data-testid="call-failure"][data-code="${code}"]`).waitFor();
  };
  await fails(alice, 'GENERIC_CALL_ERROR', []);
  await fails(alice, 'GENERIC_CALL_ERROR', [alice.alias]);
  await fails(alice, 'GENERIC_CALL_ERROR', ['nobody.of.that.name']);
  await fails(alice, 'GENERIC_CALL_ERROR', [{ not: 'a text' }]);
  assert.equal(await alice.isRefused('joinCallURL', ''), 'JOIN_CALL_INVALID_URL');
  assert.equal(await alice.isRefused('joinCallURL', 'https://elsewhere.example/x'), 'JOIN_CALL_INVALID_URL');
  const mute = await person(stage, await stage.alias('dora', { role: 'plus', can_video: 0 }));
  await fails(mute, 'INVALID_PERMISSION_CAN_VIDEO', [bob.alias], { callType: 'audio_video' });
  assert.deepEqual(await bob.events('incoming_call'), []);
  // From there another call starts.
  await mute.createsCall(bob, { call_type: 'audio_upgradable' });
  await bob.rings();
});

scene('wrong arguments are thrown at once; one argument is enough', async (stage) => {
  const [alice, bob] = await callers(stage);
  const thrown = async (...args) => (await alice.call(...args)).threw?.message ?? 'nothing';
  assert.match(await thrown('createCall'), /Missing arguments: \(participants, options\)/);
  assert.match(await thrown('joinCallURL'), /Missing arguments: \(url\)/);
  assert.match(await thrown('createCall', bob.alias, {}), /array/i);
  assert.match(await thrown('createCall', [bob.alias, 'other'], {}), /one user/);
  assert.match(await thrown('createCall', [bob.alias], 'audio'), /object/);
  const { resolved } = await alice.call('createCall', [bob.alias]);
  assert.match(resolved.callAlias, /^room_/);
  assert.deepEqual(Object.keys(resolved).sort(), ['callAlias', 'callDirection', 'callOptions', 'callParticipants', 'callStatus', 'hangUp']);
  await bob.rings();
});

scene('options of createCall: callType wins over call_type, an unknown type is audio_video', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { callType: 'audio_only' } } });
  const made = async (options) => {
    const call = await alice.createsCall(bob, options);
    await bob.rings();
    await alice.hangsUp();
    await bob.notDialing();
    const { creationDate, ...rest } = call.callOptions;
    assert.ok(Date.parse(creationDate));
    return rest;
  };
  const kind = (callType) => ({ record: false, recordingType: 'automatic', callType, live: true });
  assert.deepEqual(await made({}), kind('audio_only'));
  assert.deepEqual(await made({ call_type: 'audio_upgradable' }), kind('audio_upgradable'));
  assert.deepEqual(await made({ callType: 'audio_video', call_type: 'audio_only' }), kind('audio_video'));
  assert.deepEqual(await made({ callType: 'holographic' }), kind('audio_video'));
});

scene('a hidden widget shows for a call and hides again; a closed one closes again', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { hidden: true } } });
  assert.equal(await alice.launcher.isVisible(), false);
  await alice.createsCall(bob);
  await alice.get('dial-view').waitFor();
  await bob.rings();
  await bob.accepts();
  await Promise.all([alice.inCall(), bob.inCall()]);
  await bob.hangsUpByButton();
  await Promise.all([alice.notInCall(), bob.notInCall()]);
  await eventually(async () => assert.deepEqual([await alice.launcher.isVisible(), await alice.panel.isVisible()], [false, false]));
  await eventually(async () => assert.deepEqual([await bob.launcher.isVisible(), await bob.panel.isVisible()], [true, false]));
  // The same for a ring at a hidden one that is declined.
  await bob.createsCall(alice);
  await alice.rings();
  await alice.declines();
  await eventually(async () => assert.deepEqual([await alice.launcher.isVisible(), await alice.panel.isVisible()], [false, false]));
});

scene('while a call is in front, selectChat throws and only sending goes on', async (stage) => {
  const [alice, bob] = await callers(stage);
  await alice.createsCall(bob);
  await bob.rings();
  for (const user of [alice, bob]) {
    const other = user === alice ? bob : alice;
    assert.ok((await user.call('selectChat', other.alias)).threw, 'selectChat throws');
    assert.ok((await user.call('composeMessage', other.alias, 'later', false)).rejected, 'composing rejects');
    await user.ask('composeMessage', other.alias, `from ${user.alias}`, true);
  }
  await alice.get('dial-stop').click();
  await Promise.all([alice.notDialing(), bob.notDialing()]);
  await alice.panel.waitFor({ state: 'hidden' });
  await alice.ask('selectChat', bob.alias);
  await alice.openPanel();
  await alice.message(`from ${bob.alias}`).waitFor();
});

scene('without the chat module calls work all the same', async (stage) => {
  const [alice, bob] = await callers(stage, { second: { options: { chat: false } } });
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
});

scene('a caller who leaves while it rings does not ring for ever', async (stage) => {
  const [alice, bob] = await callers(stage);
  const call = await alice.createsCall(bob);
  await bob.rings();
  await alice.ask('logout');
  await bob.notDialing();
  await bob.told(call, 'incoming', [['incoming_call'], ['call_dial_stopped', alice.alias, 'hangup']]);
  await staysTrue(async () => (await bob.get('dial-view').count()) === 0, 300, 'it stays quiet');
});
