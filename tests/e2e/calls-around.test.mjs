// Around the call: files, feedback, calls in a frame and in an element of the page, and what the view shows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { distance } from './support/media.mjs';
import { hostPage } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('calls around');

scene('a file given in a call arrives byte by byte', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await alice.get('call-files').click();
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7) % 251));
  await alice.get('call-file-input').setInputFiles({ name: 'plan.bin', mimeType: 'application/octet-stream', buffer: bytes });
  await alice.get('call-file').filter({ hasText: 'plan.bin' }).waitFor();
  await bob.get('call-files').click();
  const row = bob.get('call-file').filter({ hasText: 'plan.bin' });
  await row.waitFor();
  const download = bob.page.waitForEvent('download');
  await row.getByRole('button').first().click();
  const file = await (await download).path();
  assert.ok(readFileSync(file).equals(bytes), 'the file is another one');
});

scene('feedback is asked for after the call, stored, and asked for once', async (stage) => {
  const [alice, bob] = await callers(stage, { first: { options: { feedback: true } } });
  await connect(alice, bob);
  await bob.get('call-hang-up').click();
  await alice.get('feedback-view').waitFor();
  assert.equal(await bob.get('feedback-view').isVisible(), false);
  await alice.get('feedback-star-4').click({ force: true });
  await alice.get('feedback-comment').fill('Clear sound');
  await alice.get('feedback-send').click();
  await alice.get('feedback-close').click();
  await alice.get('feedback-view').waitFor({ state: 'hidden' });
});

scene('a frame and an element of the page have calls like the page itself', async (stage) => {
  const html = (origin) => `${hostPage(origin)}<div id="box" style="width:420px;height:620px"></div>`;
  const [alice, bob] = await callers(stage, {
    first: { html: html(stage.server.origin), options: { container: '#box' } },
    second: { options: { iframe: true } },
  });
  bob.frame = bob.page.frames().find((frame) => frame.url().includes('/embed'));
  assert.ok(bob.frame, 'there is no frame');
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  await alice.hangsUp();
  await Promise.all([alice.leftNothing(), bob.leftNothing()]);
});

scene('the view shows what arrives: the main picture is the other side, the small one is mirrored', async (stage) => {
  const [alice, bob] = await callers(stage);
  await connect(alice, bob);
  await alice.seesCard('second');
  await eventually(async () => {
    const colour = await alice.get('call-main').locator('video').first().evaluate((video) => {
      const context = new OffscreenCanvas(2, 2).getContext('2d');
      context.drawImage(video, 0, 0, 2, 2);
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    });
    assert.ok(distance(colour, [230, 220, 30]) < 60, `the main picture shows ${colour}`);
  });
});
