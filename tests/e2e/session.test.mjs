// Tokens running out, and users the server throws out.
import assert from 'node:assert/strict';
import { networkNoise, setUp } from './support/stage.mjs';
import { mintToken } from './support/server.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('session');

scene('the warning comes before the end, a new token carries on', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.shortLived(me);
  const expires = JSON.parse(Buffer.from(user.token.split('.')[1], 'base64url')).exp * 1000;
  const warning = await user.event('access_token_is_about_to_expire', undefined, { timeout: 60_000 });
  assert.deepEqual(warning, { expiresAt: new Date(expires).toISOString() });
  assert.ok(Date.now() < expires, 'in time');
  const fresh = mintToken(me, { seconds: 3600 });
  const { expiresAt } = await user.ask('updateAccessToken', fresh);
  assert.equal(expiresAt, new Date(JSON.parse(Buffer.from(fresh.split('.')[1], 'base64url')).exp * 1000).toISOString());
  await eventually(() => Date.now() > expires + 1500, { timeout: 60_000 });
  assert.equal(await user.ask('isAuthenticated'), true);
  assert.deepEqual(await user.events('access_token_expired'), []);
  await user.openChat(other);
  await user.send('still here');
  await user.state('still here', 'sent');
});

scene('a token that runs out ends the session and says so', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.shortLived(me);
  await user.openChat(other);
  await user.event('access_token_expired', undefined, { timeout: 60_000 });
  await user.ui().locator('[data-testid="inactive-view"][data-reason="token_expired"]').waitFor();
  assert.equal(await user.ask('isAuthenticated'), false);
  assert.equal((await user.call('getChats')).threw?.$error, 'BandyerChatWidgetNotAuthenticated');
  assert.equal((await user.events('access_token_expired')).length, 1);
  await user.get('inactive-close').click();
  await eventually(async () => assert.equal(await user.launcher.count(), 0));
  user.token = await stage.server.token(me);
  await user.create();
  await user.openChat(other);
});

scene('updateAccessToken refuses what the server refuses, and the session goes on', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me);
  for (const bad of ['garbage', '', mintToken(other), mintToken(me, { seconds: -5 }), mintToken(me, { secret: 'y'.repeat(40) })]) {
    const answer = await user.call('updateAccessToken', bad);
    assert.ok(answer.rejected && answer.isError, `${bad.slice(0, 10)}: ${JSON.stringify(answer)}`);
    assert.ok(answer.rejected.code, 'with a code');
  }
  assert.ok((await user.call('updateAccessToken', 5)).threw, 'a number throws at once');
  assert.equal(await user.ask('isAuthenticated'), true);
  await user.openChat(other);
  await user.send('fine');
  await user.state('fine', 'sent');
});

scene('a token given while the line is down is kept, and the line that comes back answers it', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const relay = await stage.relay();
  const user = await stage.user(me, { origin: relay.origin, token: mintToken(me, { seconds: 20 }) });
  const expires = JSON.parse(Buffer.from(user.token.split('.')[1], 'base64url')).exp * 1000;
  await user.openChat(other);
  relay.cut();
  await user.networkBar.waitFor();
  const fresh = mintToken(me, { seconds: 3600 });
  await user.page.evaluate((token) => {
    window.given = { ends: [] };
    window.BandyerChat.updateAccessToken(token).then(({ expiresAt }) => window.given.ends.push(expiresAt), (e) => window.given.ends.push(e.message));
  }, fresh);
  const ends = () => user.page.evaluate(() => window.given.ends);
  // Longer than the old token lives, and longer than any answer is waited for.
  await eventually(() => Date.now() > expires + 2000, { timeout: 60_000 });
  assert.deepEqual(await ends(), []);
  assert.equal(await user.ask('isAuthenticated'), true);
  relay.mend();
  const expiresAt = new Date(JSON.parse(Buffer.from(fresh.split('.')[1], 'base64url')).exp * 1000).toISOString();
  await eventuallyEqual(ends, [expiresAt], { timeout: 20_000 });
  await user.send('still here');
  await user.state('still here', 'sent');
  assert.deepEqual(await user.events('access_token_expired'), []);
});

scene('a page the server no longer speaks with says so once, and stays quiet', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const relay = await stage.relay();
  let lines = 0;
  let updated = false;
  const user = await stage.visitor(me, { origin: relay.origin });
  await user.page.routeWebSocket(/\/client\/socket$/, (line) => {
    lines += 1;
    if (!updated) { line.connectToServer(); return; }
    line.onMessage((text) => {
      const { id } = JSON.parse(text);
      const error = { code: 'unsupported_protocol', reason: 'not spoken here', since: 'a later version' };
      line.send(JSON.stringify({ v: 900, re: id, msg: { error } }));
    });
  });
  await user.create();
  await user.openChat(other);
  await user.type('not sent yet');
  updated = true;
  relay.cut();
  await user.ui().locator('[data-testid="inactive-view"][data-reason="page_outdated"]').waitFor({ timeout: 20_000 });
  assert.match(await user.get('inactive-view').innerText(), /reload this page/i);
  assert.equal(await user.ask('isAuthenticated'), false);
  const asked = lines;
  await staysTrue(() => lines === asked, 7000, 'it does not come back by itself');
  await user.get('inactive-close').click();
  await eventually(async () => assert.equal(await user.launcher.count(), 0));
});

for (const [how, reason, act] of [
  ['deleting', 'user_deleted', (server, alias) => server.deleteUser(alias)],
  ['deactivating', 'user_disabled', (server, alias) => server.updateUser(alias, { active: false })],
]) {
  scene(`${how} a user throws out every device, with the reason`, async (stage) => {
    stage.expectedFaults = networkNoise;
    const [me, other] = [await stage.alias('me'), await stage.alias('other')];
    await stage.server.addChat(me, other);
    const [one, two, peer] = [await stage.user(me), await stage.user(me), await stage.user(other)];
    await peer.openPanel();
    await act(stage.server, me);
    for (const user of [one, two]) {
      assert.deepEqual(await user.event('force_disconnect'), { reason });
      assert.equal(await user.ask('isAuthenticated'), false);
      await user.ask('isAuthenticated');
      if (!(await user.get('inactive-view').isVisible())) await user.launcher.click();
      await user.ui().locator(`[data-testid="inactive-view"][data-reason="${reason}"]`).waitFor();
    }
    await peer.event('user_disconnected', (p) => p.userAlias === me);
    await one.get('inactive-close').click();
    await eventually(async () => assert.equal(await one.launcher.count(), 0));
    const answer = await one.call('create', { accessToken: one.token, environment: 'sandbox' });
    assert.equal(answer.rejected?.name ?? answer.rejected?.$error, 'SocketConnectionError');
    await eventuallyEqual(() => one.ask('isAuthenticated'), false);
  });
}

scene('removeChat takes the chat and its messages from both, for good', async (stage) => {
  const [alice, bob] = await stage.pair();
  await bob.openChat(alice.alias);
  await alice.openChat(bob.alias);
  await alice.send('soon gone');
  await bob.sees(['soon gone']);
  await bob.type('a draft');
  assert.deepEqual(await alice.call('removeChat', bob.alias), { resolved: { $undefined: true } });
  for (const user of [alice, bob]) {
    await eventuallyEqual(() => user.ask('getChats'), []);
    await user.ui().locator('[data-testid="empty"][data-kind="none"]').waitFor();
  }
  await alice.ask('addChat', bob.alias);
  await bob.openChat(alice.alias);
  assert.deepEqual(await bob.texts(), []);
  assert.equal(await bob.composer.inputValue(), '');
  await bob.send('a new beginning');
  await alice.event('message_received', (m) => m.text === 'a new beginning');
  await alice.openChat(bob.alias);
  await alice.sees(['a new beginning']);
});

scene('a device that was away learns of a removed chat', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  await stage.server.post(b, a, 'soon gone');
  const relay = await stage.relay();
  const user = await stage.user(a, { origin: relay.origin });
  await user.openChat(b);
  await user.sees(['soon gone']);
  relay.cut();
  await user.networkBar.waitFor();
  await stage.server.removeChat(a, b);
  relay.mend();
  await eventuallyEqual(() => user.ask('getChats'), [], { timeout: 20_000 });
});
