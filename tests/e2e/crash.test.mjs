// The server dies without a word in the middle of a thousand messages, and comes back.
import assert from 'node:assert/strict';
import { networkNoise, setUp } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('crash');

scene('SIGKILL in the middle of 1,000 sends: nothing acknowledged is lost, nothing doubled, order kept', async (stage) => {
  stage.expectedFaults = [...networkNoise, /./];
  const [alice, bob] = await stage.pair();
  const total = 1000;
  const sending = alice.page.evaluate(async ([other, count]) => {
    window.acknowledged = [];
    window.client.on('message_sent', (message) => window.acknowledged.push(message.text));
    const all = [];
    for (let n = 0; n < count; n += 1) {
      all.push(window.BandyerChat.composeMessage(other, `m${n}`, true).then(() => 'ok', (error) => `${error.code ?? error.message}`));
      if (n % 20 === 19) await new Promise((done) => setTimeout(done, 12));
    }
    return Promise.all(all);
  }, [bob.alias, total]);
  for (const threshold of [150, 450]) {
    await eventually(async () => assert.ok((await alice.page.evaluate(() => window.acknowledged?.length ?? 0)) >= threshold), { timeout: 30_000, every: 5 });
    await stage.server.kill();
    const known = await alice.page.evaluate(() => [...window.acknowledged]);
    await stage.server.start();
    const stored = new Set((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body));
    assert.deepEqual(known.filter((text) => !stored.has(text)), [], 'every acknowledged message is on disk');
  }
  const ends = await sending;
  assert.deepEqual([...new Set(ends)], ['ok'], 'every promise resolved');
  const expected = Array.from({ length: total }, (_, n) => `m${n}`);
  await eventually(async () => {
    assert.deepEqual((await stage.server.stored(alice.alias, bob.alias)).map((m) => m.body), expected);
  }, { timeout: 30_000, every: 300 });
  await eventually(async () => {
    assert.deepEqual((await bob.events('message_received')).map((m) => m.text), expected, 'the other side heard each once, in order');
  }, { timeout: 20_000, every: 300 });
  assert.deepEqual((await alice.events('message_sent')).map((m) => m.text), expected);
  await alice.openChat(bob.alias);
  await eventually(async () => assert.equal((await alice.texts()).at(-1), 'm999'));
  // It opens where the unread ones begin; what has been read is known once the end was looked at.
  await bob.openChat(alice.alias);
  await bob.get('jump-down').click();
  await alice.state('m999', 'read');
}, { timeout: 150_000 });
