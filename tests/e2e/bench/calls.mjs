// How long a call takes to be there, beside PeerJS in the same browser; and what is left after many calls in a row.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { startHost, hostPage } from '../support/host.mjs';
import { fakeDevices, installMediaProbe } from '../support/media.mjs';
import { generousLimits } from '../support/socket.mjs';
import { startServer } from '../support/server.mjs';
import { launchBrowser } from '../support/stage.mjs';
import { User } from '../support/user.mjs';
import { pause } from '../support/wait.mjs';
import '../support/calls.mjs';
import { median, print, round } from './_table.mjs';

const runs = Number(process.env.BENCH_RUNS ?? 20);
const many = Number(process.env.BENCH_CALLS ?? 200);
const require = createRequire(import.meta.url);
const { PeerServer } = require('peer');

const server = await startServer({ flags: [...generousLimits, '--signals-per-second', '100000', '--signal-burst', '100000'] });
const host = await startHost();
const browser = await launchBrowser(fakeDevices('first'));
const peerPort = 20_000 + (process.pid % 20_000);
const peerServer = PeerServer({ port: peerPort, host: '127.0.0.1', path: '/' });

/** Notes when the first frame of the other side was presented, whoever shows it. */
function installFrameClock() {
  const clock = (window.frameClock = { presented: null, at: () => performance.timeOrigin + performance.now() });
  const remote = new WeakSet();
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...rest) {
      super(...rest);
      this.addEventListener('track', (event) => remote.add(event.track));
    }
  };
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...property,
    set(stream) {
      property.set.call(this, stream);
      if (!(this instanceof HTMLVideoElement) || !stream?.getVideoTracks().some((track) => remote.has(track))) return;
      const look = (_, { width }) => {
        if (width > 2 && this.checkVisibility({ opacityProperty: true })) clock.presented ??= clock.at();
        else this.requestVideoFrameCallback(look);
      };
      this.requestVideoFrameCallback(look);
    },
  });
}

async function newPage() {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.addInitScript(installFrameClock);
  await page.addInitScript(installMediaProbe);
  return page;
}

async function open(alias) {
  const page = await newPage();
  await User.prepare(page);
  const user = new User(alias, page, { server, token: await server.token(alias) });
  await user.goto(host.add(hostPage(server.origin)));
  await user.create();
  return user;
}

const presented = (page) => page.waitForFunction('window.frameClock.presented', null, { polling: 20 }).then((value) => value.jsonValue());
const forget = (page) => page.evaluate('window.frameClock.presented = null');

/** Nobody answers sooner: by then the caller's devices are open, and both pages have painted what there is to see. */
const beforeAnswer = () => pause(1000);
/** Nobody calls in the first moment of a page: what a browser does behind a page that has just loaded is over. */
const beforeCall = () => pause(2500);

async function ownCall(caller, callee, ready = beforeAnswer) {
  await Promise.all([forget(caller.page), forget(callee.page)]);
  const created = await caller.page.evaluate(async (alias) => {
    const start = window.frameClock.at();
    window.call = await window.BandyerChat.createCall([alias]);
    return start;
  }, callee.alias);
  const rings = await callee.page.waitForFunction(() => {
    const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
    return root.querySelector('[data-testid="dial-accept"]') && window.frameClock.at();
  }, null, { polling: 5 }).then((value) => value.jsonValue());
  await ready();
  const accepted = await callee.page.evaluate(() => {
    const root = document.querySelector('#Bandyer-bandyer-chat-widget').shadowRoot;
    const start = window.frameClock.at();
    root.querySelector('[data-testid="dial-accept"]').click();
    return start;
  });
  const [atCallee, atCaller] = await Promise.all([presented(callee.page), presented(caller.page)]);
  return { ring: rings - created, callee: atCallee - accepted, caller: atCaller - accepted };
}

const peerScript = readFileSync(require.resolve('peerjs/dist/peerjs.min.js'), 'utf8');
const peerPage = `<script>${peerScript.replaceAll('</script', '<\\/script')}</script><video id="remote" autoplay playsinline></video>`;

async function peerOpen(id) {
  const page = await newPage();
  await page.goto(host.add(peerPage));
  await page.evaluate(([name, port]) => new Promise((resolve) => {
    window.peer = new Peer(name, { host: '127.0.0.1', port, path: '/', secure: false, config: { iceServers: [] } });
    window.media = () => navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480, frameRate: 24 } });
    const show = (call) => call.on('stream', (stream) => { document.querySelector('#remote').srcObject = stream; });
    window.peer.on('call', (call) => {
      window.ringing = window.frameClock.at();
      window.answer = async () => { const stream = await window.media(); show(call); call.answer(stream); };
    });
    window.dial = async (other) => { show(window.peer.call(other, await window.media())); };
    window.peer.on('open', resolve);
  }), [id, peerPort]);
  return page;
}

async function peerCall(run) {
  const [caller, callee] = await Promise.all([peerOpen(`caller-${run}`), peerOpen(`callee-${run}`)]);
  await beforeCall();
  const created = await caller.evaluate(async (id) => {
    const start = window.frameClock.at();
    await window.dial(id);
    return start;
  }, `callee-${run}`);
  const rings = await callee.waitForFunction('window.ringing', null, { polling: 5 }).then((value) => value.jsonValue());
  await beforeAnswer();
  const accepted = await callee.evaluate(() => {
    const start = window.frameClock.at();
    window.answer();
    return start;
  });
  const [atCallee, atCaller] = await Promise.all([presented(callee), presented(caller)]);
  for (const page of [caller, callee]) await page.context().close();
  return { ring: rings - created, callee: atCallee - accepted, caller: atCaller - accepted };
}

const hangUp = async (caller, callee) => {
  await caller.hangsUp();
  await Promise.all([caller.leftNothing(), callee.leftNothing(), callee.notInCall()]);
};

for (const alias of ['alice.bench', 'bob.bench']) await server.createUser(alias, { role: 'plus' });
await server.addChat('alice.bench', 'bob.bench');
const figures = { own: [], peerjs: [] };
for (let run = 0; run <= runs; run += 1) {
  // Fresh pages for both, in turns, so that neither finds the browser in a better state.
  const own = async () => {
    const [caller, callee] = await Promise.all([open('alice.bench'), open('bob.bench')]);
    await beforeCall();
    const one = await ownCall(caller, callee);
    await hangUp(caller, callee);
    for (const user of [caller, callee]) await user.page.context().close();
    return one;
  };
  const turns = [['own', own], ['peerjs', () => peerCall(run)]];
  for (const [name, call] of run % 2 ? turns : turns.reverse()) {
    const one = await call();
    if (run > 0) figures[name].push(one);
  }
}
const row = (name, list) => {
  const of = (key) => list.map((one) => one[key]);
  return {
    call: name,
    'create → ring ms': round(median(of('ring'))),
    'accept → first frame, callee ms': round(median(of('callee'))),
    'accept → first frame, caller ms': round(median(of('caller'))),
    'min ms': round(Math.min(...of('callee'))),
    'max ms': round(Math.max(...of('callee'))),
  };
};
print(`A call, medians of ${runs}, one browser`, [row('this widget', figures.own), row('PeerJS (opens devices before it rings)', figures.peerjs)]);

const [caller, callee] = await Promise.all([open('alice.bench'), open('bob.bench')]);
const heap = async (user) => {
  const session = await user.page.context().newCDPSession(user.page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
};
/** Open sockets of both pages, as the server counts them. */
const sockets = async () => {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  return Number(/^bandyer_sockets (\d+)/m.exec(text)?.[1]);
};
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
const rows = [];
for (let count = 0; count <= many; count += 1) {
  if (count === 10 || (count > 0 && count % Math.max(1, many / 4) === 0)) {
    rows.push({ calls: count, 'heap, caller MB': round(await heap(caller), 2), 'heap, callee MB': round(await heap(callee), 2), 'server MB': round(resident()), sockets: await sockets() });
  }
  if (count === many) break;
  await ownCall(caller, callee, () => caller.page.waitForFunction(() => window.mediaProbe.live().length === 2, null, { polling: 20 }));
  await hangUp(caller, callee);
}
print('Calls in a row, after each no live track and no open connection', rows);

await browser.close();
peerServer.close?.();
await host.close();
await server.close();
process.exit(0);
