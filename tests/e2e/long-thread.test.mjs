// A conversation of 100,000 messages: it opens, scrolls and takes new messages like a short one.
import assert from 'node:assert/strict';
import { bothMotions, setUp } from './support/stage.mjs';
import { fillChat, generousLimits } from './support/socket.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('long thread', { serverFlags: generousLimits, motions: bothMotions });

scene('100,000 messages', async (stage) => {
  const [a, b] = [await stage.alias('alice'), await stage.alias('bob')];
  await stage.server.addChat(a, b);
  await fillChat(stage.server, a, b, 100_000);
  const alice = await stage.user(a);
  // It opens where the unread ones begin.
  await alice.openChat(b);
  await alice.get('jump-down').click();
  await alice.message('message 100000').waitFor();
  await alice.get('thread').hover();
  let oldest = 100_000;
  for (let n = 0; n < 120; n += 1) {
    await alice.page.mouse.wheel(0, -3000);
    if (n % 10 === 9) {
      const seqs = (await alice.messages()).map((m) => m.seq);
      assert.ok(seqs.length < 300, `only what is near the view is in the page: ${seqs.length}`);
      assert.deepEqual(seqs, Array.from({ length: seqs.length }, (_, i) => seqs[0] + i), 'without a hole');
      oldest = Math.min(oldest, seqs[0]);
    }
  }
  assert.ok(oldest < 98_500, `scrolled back to ${oldest}`);
  await stage.server.post(b, a, 'one more');
  await alice.get('jump-count').waitFor();
  await alice.get('jump-down').click();
  await alice.message('one more').waitFor();
  await alice.send('and mine');
  await alice.state('and mine', 'sent');
  await eventually(async () => assert.equal((await alice.texts()).at(-1), 'and mine'));
}, { timeout: 180_000 });
