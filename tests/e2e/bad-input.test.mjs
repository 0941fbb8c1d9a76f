// What the server refuses, seen from where it hurts: a person’s window, a raw socket, a full disk.
import assert from 'node:assert/strict';
import { networkNoise, setUp } from './support/stage.mjs';
import { mintToken, startServer } from './support/server.mjs';
import { Line } from './support/socket.mjs';
import { eventually, eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('bad input');

scene('a wrong API key, wrong lifetimes and an unknown user get their named errors', async (stage) => {
  const alias = await stage.alias();
  const ask = (body, headers) => stage.server.request('POST', '/rest/sdk/credentials', body, headers);
  const wrongKey = await ask({ user_id: alias }, { apikey: 'x'.repeat(32) });
  assert.deepEqual([wrongKey.status, wrongKey.json.error.name, wrongKey.json.error.code], [401, 'invalid_api_key', 'invalid_api_key']);
  assert.equal((await ask({ user_id: alias }, {})).status, 401);
  for (const expires_in of [359, 86_401, 0, -1]) {
    const answer = await ask({ user_id: alias, expires_in });
    assert.deepEqual([answer.status, answer.json.error.name, answer.json.error.code], [422, 'validation_error', 'invalid_token_expirations']);
  }
  assert.equal((await ask({ user_id: alias, expires_in: 360 })).status, 200);
  assert.equal((await ask({ user_id: alias, expires_in: 86_400 })).status, 200);
  const byDefault = (await ask({ user_id: alias })).json;
  assert.ok(Math.abs(Date.parse(byDefault.expires_at) - Date.now() - 360_000) < 10_000, 'six minutes by default');
  assert.equal(byDefault.user_id, alias);
  const unknown = await ask({ user_id: 'nobody.here' });
  assert.deepEqual([unknown.status, unknown.json.error.code], [400, 'invalid_user_id']);
});

scene('a socket gets a named error for each bad token and frame', async (stage) => {
  const alias = await stage.alias();
  const bad = {
    access_token_invalid: ['garbage', '', mintToken(alias, { secret: 'z'.repeat(40) }), mintToken(alias, { header: { alg: 'none', typ: 'JWT' } }), mintToken(alias, { claims: { extra: 1 } }), mintToken(alias, { claims: { typ: 'refresh' } })],
    access_token_expired: [mintToken(alias, { seconds: -1, claims: { iat: Math.floor(Date.now() / 1000) - 100 } })],
  };
  for (const [code, tokens] of Object.entries(bad)) {
    for (const token of tokens) {
      const line = await Line.open(stage.server);
      const answer = await line.ask({ session: { authenticate: { token, client: 'e2e' } } });
      assert.equal(answer.error?.code, code, token.slice(0, 20));
      line.close();
    }
  }
  const line = await Line.signedIn(stage.server, alias);
  line.socket.send('{{{');
  await eventually(() => assert.ok(line.frames.some((f) => f.msg.error?.code === 'malformed_frame')));
  assert.deepEqual(await line.ask({ session: 'ping' }), { session: 'pong' }, 'the socket stays open');
  const binary = await Line.signedIn(stage.server, alias);
  binary.socket.send(Buffer.from([0, 1, 2, 3]), { binary: true });
  await eventually(() => assert.ok(binary.frames.some((f) => /malformed_frame|invalid_request/.test(f.msg.error?.code ?? ''))));
  const huge = await Line.signedIn(stage.server, alias);
  huge.socket.send('x'.repeat(5_000_000));
  await Promise.race([huge.closed, eventually(() => huge.frames.some((f) => f.msg.error?.code === 'frame_too_large'))]);
  assert.ok(huge.frames.some((f) => f.msg.error?.code === 'frame_too_large'), 'told why before it closes');
  const first = await Line.open(stage.server);
  assert.equal((await first.ask({ user: 'list_online' })).error?.code, 'not_authenticated');
});

scene('a page of a foreign origin may not open a socket', async (stage) => {
  await assert.rejects(Line.open(stage.server, { origin: 'https://evil.example' }), /403|401|Unexpected server response/);
});

scene('10,000 messages at once: a named refusal, nothing acknowledged is lost', async (stage) => {
  const [a, b] = [await stage.alias('a'), await stage.alias('b')];
  await stage.server.addChat(a, b);
  const line = await Line.signedIn(stage.server, a);
  const chat = [a, b].sort().join('#');
  const answers = await Promise.all(Array.from({ length: 10_000 }, (_, n) => line.ask({ chat: { send_message: { chat, client_id: `m${n}`, body: { text: `m${n}` } } } })));
  const stored = answers.flatMap((answer) => answer.chat?.message_added ?? []).map(({ message }) => message.body.text);
  const refused = answers.filter((answer) => answer.error);
  assert.equal(stored.length + refused.length, 10_000, 'each was answered');
  assert.ok(refused.length > 0 && stored.length > 0);
  assert.deepEqual([...new Set(refused.map((answer) => answer.error.code))], ['rate_limited']);
  assert.ok(refused.every((answer) => answer.error.retry_after_ms > 0));
  assert.deepEqual((await stage.server.stored(a, b)).map((m) => m.body), stored);
});

scene('a person who sends faster than allowed loses nothing', async (stage) => {
  const [alice, bob] = await stage.pair();
  const texts = Array.from({ length: 260 }, (_, n) => `quick ${n}`);
  const ends = await alice.page.evaluate(([other, all]) => Promise.all(all.map((text) => window.BandyerChat.composeMessage(other, text, true).then(() => 'ok', (e) => e.code))), [bob.alias, texts]);
  assert.deepEqual([...new Set(ends)], ['ok']);
  await eventually(async () => assert.deepEqual((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body), texts), { timeout: 20_000 });
});

scene('a full disk: “not sent, retry”, and the server recovers by itself', async (stage) => {
  stage.expectedFaults = networkNoise;
  const server = await startServer({ flags: ['--database-kb', '400'] });
  try {
    const [a, b] = ['alice.full', 'bob.full'];
    await server.createUser(a);
    await server.createUser(b);
    await server.addChat(a, b);
    const alice = await stage.user(a, { origin: server.origin, token: await server.token(a) });
    await alice.openChat(b);
    const line = await Line.signedIn(server, b);
    const chat = [a, b].sort().join('#');
    let refusal;
    for (let n = 0; n < 200 && !refusal; n += 1) {
      refusal = (await line.ask({ chat: { send_message: { chat, client_id: `fill${n}`, body: { text: 'x'.repeat(6000) } } } })).error;
      if (refusal?.code === 'rate_limited') refusal = undefined;
    }
    assert.equal(refusal?.code, 'storage_unavailable');
    const text = 'no room for this '.repeat(500).trim();
    await alice.send(text);
    await alice.state(text, 'failed', { timeout: 25_000 });
    assert.equal(await alice.ask('isAuthenticated'), true);
    server.flags = [];
    await server.restart();
    await alice.get('retry').click({ timeout: 15_000 }).catch(() => {});
    await alice.state(text, 'sent', { timeout: 25_000 });
    await eventuallyEqual(async () => (await server.stored(a, b)).filter((m) => m.body === text).length, 1);
  } finally {
    await server.close();
  }
});

scene('a call link of 100 KB is no link, at once, and the line stands', async (stage) => {
  const user = await stage.visitor(await stage.alias());
  const sockets = [];
  user.page.on('websocket', (socket) => sockets.push(socket));
  await user.create();
  const answer = await user.call('joinCallURL', 'x'.repeat(100_000));
  assert.equal(answer.rejected, 'JOIN_CALL_INVALID_URL');
  await user.ask('getUsersStatusList');
  const token = await user.call('updateAccessToken', 'x'.repeat(100_000));
  assert.equal(token.isError, true, JSON.stringify(token));
  await user.ask('getUsersStatusList');
  assert.equal(sockets.length, 1);
});
