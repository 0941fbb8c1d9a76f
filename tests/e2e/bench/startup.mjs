// What one script tag costs a page: launcher painted, main-thread time, long tasks, heap; against the page without it.
import { startHost, hostPage } from '../support/host.mjs';
import { startServer } from '../support/server.mjs';
import { launchBrowser } from '../support/stage.mjs';
import { median, print, round } from './_table.mjs';

const runs = Number(process.env.BENCH_RUNS ?? 9);
const server = await startServer();
const host = await startHost();
const browser = await launchBrowser(['--enable-precise-memory-info']);
await server.createUser('me');
await server.createUser('other');
await server.addChat('me', 'other');
const token = await server.token('me');

const inline = `<script>
  window.scriptStart = performance.now();
  BandyerChat.create({ accessToken: ${JSON.stringify(token)}, environment: 'sandbox' }).then(() => { window.created = performance.now(); });
</script>`;
const pages = {
  'page without it': host.add(hostPage(server.origin, { script: false })),
  'page with the widget': host.add(hostPage(server.origin).replace('</body>', `${inline}</body>`)),
};

/** Runs in the page: notes long tasks, and the first frame after the launcher exists. */
function watch() {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const launcher = document.querySelector('#Bandyer-bandyer-chat-widget')?.shadowRoot?.querySelector('[data-testid="launcher"]');
    if (launcher?.getClientRects().length) requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now(); }));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function once(url, throttle, withWidget) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const client = await context.newCDPSession(page);
  await client.send('Performance.enable');
  if (throttle > 1) await client.send('Emulation.setCPUThrottlingRate', { rate: throttle });
  let bytes = 0;
  await client.send('Network.enable');
  client.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
  await page.goto(url, { waitUntil: 'load' });
  if (withWidget) await page.waitForFunction(() => window.painted && window.created, undefined, { polling: 20 });
  await page.waitForTimeout(300);
  const times = await page.evaluate(() => ({ painted: window.painted ?? 0, created: window.created ?? 0, script: window.scriptStart ?? 0, long: window.longTasks.reduce((a, b) => a + b, 0), longest: Math.max(0, ...window.longTasks) }));
  const value = ({ metrics }, name) => metrics.find((metric) => metric.name === name).value;
  const metrics = await client.send('Performance.getMetrics');
  await client.send('HeapProfiler.collectGarbage');
  const heap = value(await client.send('Performance.getMetrics'), 'JSHeapUsedSize');
  await context.close();
  return { ...times, cpu: value(metrics, 'TaskDuration') * 1000, scriptCpu: value(metrics, 'ScriptDuration') * 1000, heap: heap / 1e6, kb: bytes / 1000 };
}

const rows = [];
for (const throttle of [1, 4]) {
  for (const [name, url] of Object.entries(pages)) {
    const all = [];
    for (let n = 0; n < runs; n += 1) all.push(await once(url, throttle, name.includes('widget')));
    const of = (key, digits) => round(median(all.map((run) => run[key])), digits);
    rows.push({
      page: `${name}, CPU ÷${throttle}`, 'script ms': of('script', 0), 'launcher painted ms': of('painted', 0), 'created ms': of('created', 0),
      'main thread ms': of('cpu', 0), 'script ms CPU': of('scriptCpu', 0), 'long tasks ms': of('long', 0), 'longest ms': of('longest', 0),
      'JS heap MB': of('heap', 2), 'wire KB': of('kb', 0),
    });
  }
}
print(`Start-up, median of ${runs} cold loads (times since navigation)`, rows);
await browser.close();
await host.close();
await server.close();
