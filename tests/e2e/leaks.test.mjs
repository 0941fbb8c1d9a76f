// Created and logged out a thousand times: nothing stays behind.
import assert from 'node:assert/strict';
import { setUp } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('leaks', { serverFlags: ['--requests-per-second', '100000', '--request-burst', '100000'] });
const rounds = Number(process.env.E2E_LEAK_ROUNDS ?? 1000);

scene(`${rounds} times create and logout leave no node, listener, socket or memory`, async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  await stage.server.post(other, me, 'hello');
  const user = await stage.visitor(me);
  const client = await user.page.context().newCDPSession(user.page);
  await client.send('Performance.enable');
  await client.send('Network.enable');
  let sockets = 0;
  client.on('Network.webSocketCreated', () => { sockets += 1; });
  client.on('Network.webSocketClosed', () => { sockets -= 1; });
  const round = (count) => user.page.evaluate(async ([token, times]) => {
    for (let n = 0; n < times; n += 1) {
      const made = await window.BandyerChat.create({ accessToken: token, environment: 'sandbox', userDetailsFormatter: (u) => u.userAlias });
      made.on('message_received', () => {});
      window.BandyerChat.openWidget();
      if (n % 10 === 0) await new Promise((done) => setTimeout(done, 30));
      await window.BandyerChat.logout();
    }
  }, [user.token, count]);
  const measure = async () => {
    for (let n = 0; n < 3; n += 1) await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const value = (name) => metrics.find((metric) => metric.name === name).value;
    const wasm = await user.page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
    return { nodes: value('Nodes'), listeners: value('JSEventListeners'), heap: value('JSHeapUsedSize'), documents: value('Documents'), wasm };
  };
  const dom = () => user.page.evaluate(() => ({ body: document.body.childElementCount, head: document.head.childElementCount, sheets: document.adoptedStyleSheets.length, storage: localStorage.length }));
  const clean = await dom();
  await round(40);
  const before = await measure();
  for (let done = 0; done < rounds; done += 100) await round(Math.min(100, rounds - done));
  const after = await measure();
  await eventually(() => assert.equal(sockets, 0, 'open sockets'));
  assert.deepEqual(await dom(), clean);
  assert.ok(after.nodes <= before.nodes + 20, `DOM nodes: ${before.nodes} → ${after.nodes}`);
  assert.ok(after.listeners <= before.listeners + 5, `listeners: ${before.listeners} → ${after.listeners}`);
  assert.equal(after.documents, before.documents);
  assert.ok(after.heap <= before.heap + 500_000, `heap: ${before.heap} → ${after.heap}`);
  await user.create();
  await user.openChat(other);
  await user.sees(['hello']);
}, { timeout: 300_000 });

scene('a hundred times in a frame leave no frame and no memory', async (stage) => {
  const user = await stage.visitor(await stage.alias('me'));
  const client = await user.page.context().newCDPSession(user.page);
  await client.send('Performance.enable');
  const round = (count) => user.page.evaluate(async ([token, times]) => {
    for (let n = 0; n < times; n += 1) {
      await window.BandyerChat.create({ accessToken: token, environment: 'sandbox', iframe: true });
      await window.BandyerChat.logout();
    }
  }, [user.token, count]);
  const measure = async () => {
    for (let n = 0; n < 3; n += 1) await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const value = (name) => metrics.find((metric) => metric.name === name).value;
    return { nodes: value('Nodes'), listeners: value('JSEventListeners'), documents: value('Documents') };
  };
  const times = Math.max(5, rounds / 20);
  await round(5);
  const before = await measure();
  await round(times);
  const after = await measure();
  assert.equal(await user.page.evaluate(() => window.length), 0, 'frames');
  assert.equal(await user.page.locator('iframe').count(), 0);
  assert.ok(after.listeners <= before.listeners + 5, `listeners: ${before.listeners} → ${after.listeners}`);
  assert.ok(after.documents <= before.documents + 1, `documents: ${before.documents} → ${after.documents}`);
}, { timeout: 200_000 });
