// From Enter in one browser to the message painted in the other.
import { startHost, hostPage } from '../support/host.mjs';
import { generousLimits } from '../support/socket.mjs';
import { startServer } from '../support/server.mjs';
import { launchBrowser } from '../support/stage.mjs';
import { User } from '../support/user.mjs';
import { median, p95, print, round } from './_table.mjs';

const runs = Number(process.env.BENCH_RUNS ?? 100);
const server = await startServer({ flags: generousLimits });
const host = await startHost();
const browsers = await Promise.all([launchBrowser(), launchBrowser()]);
for (const alias of ['alice', 'bob']) await server.createUser(`${alias}.bench`);
await server.addChat('alice.bench', 'bob.bench');

async function open(browser, alias, other) {
  const page = await (await browser.newContext({ viewport: { width: 900, height: 700 } })).newPage();
  await User.prepare(page);
  const user = new User(alias, page, { server, token: await server.token(alias) });
  await user.goto(host.add(hostPage(server.origin)));
  await user.create();
  await user.openChat(other);
  return user;
}
const [alice, bob] = [await open(browsers[0], 'alice.bench', 'bob.bench'), await open(browsers[1], 'bob.bench', 'alice.bench')];

// Both pages use the wall clock with its sub-millisecond part; both run on one machine.
const now = 'performance.timeOrigin + performance.now()';
await bob.page.evaluate((clock) => {
  const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
  const time = new Function(`return ${clock}`);
  window.seen = {};
  new MutationObserver(() => {
    const all = root.querySelectorAll('[data-testid="message-text"]');
    const text = all[all.length - 1]?.textContent;
    if (!text || text in window.seen) return;
    window.seen[text] = { inDom: time() };
    requestAnimationFrame(() => setTimeout(() => { window.seen[text].painted = time(); }));
  }).observe(root, { subtree: true, childList: true, characterData: true });
}, now);
await alice.page.evaluate((clock) => {
  const time = new Function(`return ${clock}`);
  const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
  window.sendOne = (text) => {
    const composer = root.querySelector('[data-testid="composer"]');
    composer.value = text;
    composer.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    return new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
      const start = time();
      composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true, cancelable: true }));
      done(start);
    })));
  };
}, now);

const inDom = [];
const painted = [];
for (let n = 0; n < runs + 10; n += 1) {
  const text = `bench ${n}`;
  const start = await alice.page.evaluate((one) => window.sendOne(one), text);
  const seen = await bob.page.waitForFunction((one) => window.seen[one]?.painted && window.seen[one], text, { polling: 5 });
  const at = await seen.jsonValue();
  if (n >= 10) {
    inDom.push(at.inDom - start);
    painted.push(at.painted - start);
  }
}
print(`Send → other side, browser to browser, ${runs} messages, durable commits`, [
  { 'from Enter to': 'message in the DOM', 'median ms': round(median(inDom)), 'p95 ms': round(p95(inDom)), 'min ms': round(Math.min(...inDom)), 'max ms': round(Math.max(...inDom)) },
  { 'from Enter to': 'frame painted', 'median ms': round(median(painted)), 'p95 ms': round(p95(painted)), 'min ms': round(Math.min(...painted)), 'max ms': round(Math.max(...painted)) },
]);
await Promise.all(browsers.map((browser) => browser.close()));
await host.close();
await server.close();
