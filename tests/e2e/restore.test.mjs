// The operator puts a backup back: whoever comes back to it sees what is there, not what was.
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { networkNoise, setUp } from './support/stage.mjs';
import { Line } from './support/socket.mjs';
import { eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('restore');

scene('a page that saw what was lost shows what is there, whatever was written since', async (stage) => {
  stage.expectedFaults = networkNoise;
  const { server } = stage;
  const [a, b, c] = [await stage.alias('alice'), await stage.alias('bob'), await stage.alias('carl')];
  await server.addChat(a, b);
  await server.post(b, a, 'kept');
  const file = (name) => join(server.dataDir, name);
  await server.stop();
  copyFileSync(file('chat.db'), file('backup.db'));
  await server.start();

  const relay = await stage.relay();
  const alice = await stage.user(a, { origin: relay.origin });
  await alice.openChat(b);
  for (const text of ['lost 1', 'lost 2']) await server.post(b, a, text);
  await alice.sees(['kept', 'lost 1', 'lost 2']);
  await server.addChat(a, c);
  await eventuallyEqual(async () => (await alice.ask('getChats')).length, 2);
  relay.cut();
  await alice.networkBar.waitFor();
  await alice.send('not sent yet');

  await server.stop();
  for (const ending of ['-wal', '-shm']) rmSync(file(`chat.db${ending}`), { force: true });
  copyFileSync(file('backup.db'), file('chat.db'));
  await server.start();
  // More than there was before: no number tells that anything was lost.
  const line = await Line.signedIn(server, b);
  const texts = Array.from({ length: 8 }, (_, n) => `new ${n}`);
  const chat = [a, b].sort().join('#');
  for (const [n, text] of texts.entries()) {
    const answer = await line.ask({ chat: { send_message: { chat, client_id: `new-${n}`, body: { text } } } });
    assert.ok(answer.chat?.message_added, JSON.stringify(answer));
  }
  line.close();
  relay.mend();
  const all = ['kept', ...texts, 'not sent yet'];
  await eventuallyEqual(() => alice.texts(), all, { timeout: 30_000 });
  await alice.state('not sent yet', 'sent');
  assert.deepEqual((await server.stored(a, b)).map((message) => message.body), all);
  await eventuallyEqual(async () => (await alice.ask('getChats')).length, 1);
  await server.post(b, a, 'and on');
  await alice.sees([...all, 'and on']);
}, { timeout: 120_000 });
