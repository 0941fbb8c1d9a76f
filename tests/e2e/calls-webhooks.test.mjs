// What a call and the opinion about it look like to the company's own server: webhooks, signed, from real browsers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { root } from './support/paths.mjs';
import { apiKey } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls-webhooks', { serverFlags: ['--webhook-allow-private'] });

/** The check that the documentation gives to people who write receivers, as it stands there. */
function checkOfTheDocs() {
  const docs = readFileSync(join(root, 'docs/webhooks.md'), 'utf8');
  const [, code] = /```js\n([^`]*function isOurs[\s\S]*?)```/.exec(docs);
  return new Function('require', `${code}\nreturn isOurs;`)(createRequire(import.meta.url));
}

/** A server that keeps what it is told: `{ headers, raw, body }` of each delivery, in their order. */
async function startReceiver(stage) {
  const told = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      const raw = Buffer.concat(chunks);
      told.push({ method: request.method, url: request.url, headers: request.headers, raw, body: JSON.parse(raw) });
      response.writeHead(200).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  stage.undo.push(() => { server.closeAllConnections(); server.close(); });
  return { told, url: `http://127.0.0.1:${server.address().port}/events?key=1` };
}

const calls = ['on_room_created', 'on_session_started', 'on_user_connected', 'on_user_disconnected', 'on_session_ended'];

scene('a call and what one thought of it reach the receiver, signed and in their order', async (stage) => {
  const { told, url } = await startReceiver(stage);
  const hook = { post_event_webhook_url: url, webhook_method: 'POST', webhook_filters: [...calls, 'on_room_new_feedback'] };
  await stage.server.rest('POST', '/rest/v1/hook/configure', hook);
  const [alice, bob] = await callers(stage, { first: { options: { feedback: true } } });
  const call = await connect(alice, bob);
  await alice.comesAbout();
  await bob.hangsUpByButton();
  await alice.get('feedback-star-2').click();
  await alice.get('feedback-comment').fill('Zu leise, „trotz“ 🎧');
  assert.ok(!told.some(({ body }) => body.event === 'on_room_new_feedback'), 'nothing is told before it is sent');
  await alice.get('feedback-send').click();
  await alice.ui().locator('[data-testid="feedback-view"][data-sent="true"]').waitFor();

  const events = () => told.map(({ body }) => body.event);
  const last = await eventually(() => {
    assert.equal(events().at(-1), 'on_room_new_feedback', events().join());
    return told.at(-1);
  });
  assert.equal(events()[0], 'on_room_created', events().join());
  const made = told[0].body.data;
  assert.deepEqual([made.room_id, made.call_type, made.live], [call.callAlias, 'audio_video', true]);
  const links = made.participants.map(({ user, url: link }) => [user, link]);
  assert.deepEqual(links, [[alice.alias, null], [bob.alias, null]], 'a room that was dialled has no links');

  const { data, timestamp, ...frame } = last.body;
  assert.deepEqual(frame, { event: 'on_room_new_feedback', event_version: '1.0', namespace: 'webhook' });
  assert.ok(Math.abs(Date.now() - timestamp) < 60_000);
  const session = told.find(({ body }) => body.event === 'on_session_started').body.data.session_id;
  assert.deepEqual(data, {
    room_id: call.callAlias, session_id: session, user_id: alice.alias, rating: 2, message: 'Zu leise, „trotz“ 🎧',
  });

  const isOurs = checkOfTheDocs();
  for (const { method, url: path, headers, raw } of told) {
    assert.deepEqual([method, path, headers['content-type']], ['POST', '/events?key=1', 'application/json']);
    assert.ok(isOurs(headers['bandyer-signature'], raw, apiKey), headers['bandyer-signature']);
    assert.ok(!isOurs(headers['bandyer-signature'], raw, `${apiKey}x`), 'signed with another key');
    assert.ok(!isOurs(headers['bandyer-signature'], Buffer.concat([raw, Buffer.from(' ')]), apiKey), 'another body');
  }
  assert.deepEqual(events().toSorted(), [...calls, 'on_user_connected', 'on_user_disconnected', 'on_room_new_feedback'].toSorted());
  assert.deepEqual([events()[0], events().at(-2)], ['on_room_created', 'on_session_ended']);
  assert.equal(new Set(told.map(({ headers }) => headers['bandyer-delivery'])).size, told.length);
});
