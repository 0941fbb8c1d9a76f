// A conversation of 100, 10,000 and 100,000 messages: opening it, taking one more message, scrolling through it.
import { startHost, hostPage } from '../support/host.mjs';
import { fillChat, generousLimits } from '../support/socket.mjs';
import { startServer } from '../support/server.mjs';
import { launchBrowser } from '../support/stage.mjs';
import { User } from '../support/user.mjs';
import { median, p95, print, round } from './_table.mjs';

const sizes = (process.env.BENCH_SIZES ?? '100,10000,100000').split(',').map(Number);
const server = await startServer({ flags: generousLimits });
const host = await startHost();
const browser = await launchBrowser(['--enable-precise-memory-info']);
const rows = [];

for (const size of sizes) {
  const [me, other] = [`me.${size}`, `other.${size}`];
  await server.createUser(me);
  await server.createUser(other);
  await server.addChat(me, other);
  await fillChat(server, me, other, size, (n) => `message ${n}, ${'some words '.repeat(n % 9)}`);
  const page = await (await browser.newContext({ viewport: { width: 900, height: 700 } })).newPage();
  await User.prepare(page);
  const user = new User(me, page, { server, token: await server.token(me) });
  await user.goto(host.add(hostPage(server.origin)));
  await user.create();
  await user.openPanel();
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const metric = async (name) => (await client.send('Performance.getMetrics')).metrics.find((m) => m.name === name).value;

  const open = await page.evaluate(async (alias) => {
    const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
    const start = performance.now();
    root.querySelector(`[data-testid="chat-row"][data-alias="${alias}"]`).click();
    while (!root.querySelector('[data-testid="message"]')) await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - start;
  }, other);

  // Read back through the whole history (bounded), so that the page really holds a long thread.
  const loadBudget = performance.now() + Number(process.env.BENCH_LOAD_MS ?? 60_000);
  await user.get('thread').hover();
  let first = size;
  while (first > 1 && performance.now() < loadBudget) {
    first = await page.evaluate(async () => {
      const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
      let box = root.querySelector('[data-testid="thread"]');
      const message = () => root.querySelector('[data-testid="message"]');
      while (box && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement;
      for (let n = 0; n < 40; n += 1) {
        if (box) box.scrollTop = 0;
        await new Promise((done) => requestAnimationFrame(done));
      }
      return Number(message().dataset.seq);
    });
  }
  const held = size - first + 1;

  const scroll = await page.evaluate(async () => {
    const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
    let box = root.querySelector('[data-testid="thread"]');
    while (box && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement;
    const frames = [];
    if (!box) return [0];
    let last = await new Promise((done) => requestAnimationFrame(done));
    for (let n = 0; n < 120; n += 1) {
      box.scrollTop += 120;
      const now = await new Promise((done) => requestAnimationFrame(done));
      frames.push(now - last);
      last = now;
    }
    box.scrollTop = box.scrollHeight;
    return frames;
  });

  // Main-thread time per appended message, from the browser's own accounting.
  // The button goes by itself once the end is in view.
  if (await user.get('jump-down').isVisible()) await user.get('jump-down').click({ timeout: 1000 }).catch(() => {});
  const one = async (n) => {
    await server.post(other, me, `appended ${n}`);
    await user.message(`appended ${n}`).waitFor();
  };
  for (let n = 0; n < 5; n += 1) await one(n);
  await page.waitForTimeout(300);
  const before = { task: await metric('TaskDuration'), script: await metric('ScriptDuration'), layout: (await metric('LayoutDuration')) + (await metric('RecalcStyleDuration')) };
  const count = 40;
  for (let n = 0; n < count; n += 1) await server.post(other, me, `batch ${n}`);
  await user.message(`batch ${count - 1}`).waitFor();
  await page.waitForTimeout(200);
  const after = { task: await metric('TaskDuration'), script: await metric('ScriptDuration'), layout: (await metric('LayoutDuration')) + (await metric('RecalcStyleDuration')) };
  await client.send('HeapProfiler.collectGarbage');
  rows.push({
    messages: size, 'held in the page': held, 'open ms': round(open), 'append: script ms': round(((after.script - before.script) * 1000) / count, 2),
    'append: layout ms': round(((after.layout - before.layout) * 1000) / count, 2), 'append: all tasks ms': round(((after.task - before.task) * 1000) / count, 2),
    'scroll frame median ms': round(median(scroll)), 'p95 ms': round(p95(scroll)), 'worst ms': round(Math.max(...scroll)),
    'rows in the DOM': await user.get('message').count(), 'JS heap MB': round((await metric('JSHeapUsedSize')) / 1e6),
  });
  await page.context().close();
}
print('Long conversations', rows);
await browser.close();
await host.close();
await server.close();
