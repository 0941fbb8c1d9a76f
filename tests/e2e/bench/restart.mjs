// How long a call is without a picture when the way between the two is lost: both go by relays only, over TCP, and the
// first one's connections to its relay are cut. A new way can be had at once.
import { hostPage, startHost } from '../support/host.mjs';
import { fakeDevices, installMediaProbe } from '../support/media.mjs';
import { freePort, startRelay } from '../support/net.mjs';
import { generousLimits } from '../support/socket.mjs';
import { startServer } from '../support/server.mjs';
import { launchBrowser } from '../support/stage.mjs';
import { User } from '../support/user.mjs';
import { connect } from '../support/calls.mjs';
import { median, print, round } from './_table.mjs';

const runs = Number(process.env.BENCH_RUNS ?? 10);
const turn = await freePort();
const server = await startServer({ flags: [...generousLimits, '--turn', `127.0.0.1:${turn}`] });
const host = await startHost();
const browser = await launchBrowser(fakeDevices('first'));
const line = await startRelay(turn);

/** Runs in the page: when the connection was found broken, a new way was looked for, and pictures came by it. */
function installRestartClock() {
  const at = () => performance.timeOrigin + performance.now();
  const watch = async () => {
    const connection = window.mediaProbe.connections.at(-1);
    const look = async () => {
      const all = [...(await connection.getStats()).values()];
      const video = all.filter((one) => one.type === 'inbound-rtp' && one.kind === 'video');
      return {
        pair: all.find((one) => one.type === 'transport')?.selectedCandidatePairId,
        frames: video.reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0),
      };
    };
    const marks = { broken: null, described: null, flowing: null };
    const { pair } = await look();
    const way = () => connection.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1];
    const before = way();
    connection.addEventListener('connectionstatechange', () => { if (connection.connectionState !== 'connected') marks.broken ??= at(); });
    window.restartMarks = marks;
    let moved = null;
    const turn = setInterval(async () => {
      if (way() !== before) marks.described ??= at();
      const now = await look();
      if (now.pair === pair) return;
      moved ??= now.frames;
      if (now.frames > moved) {
        marks.flowing ??= at();
        clearInterval(turn);
      }
    }, 10);
  };
  window.watchRestart = watch;
}

async function open(alias, limits) {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.addInitScript(installMediaProbe);
  await page.addInitScript(installRestartClock);
  await User.prepare(page);
  const user = new User(alias, page, { server, token: await server.token(alias) });
  await user.goto(host.add(hostPage(server.origin)));
  await user.create();
  await user.probe('limit', { relayOnly: true, through: 'tcp', ...limits });
  return user;
}

for (const alias of ['alice.bench', 'bob.bench']) await server.createUser(alias, { role: 'plus' });
await server.addChat('alice.bench', 'bob.bench');
const rows = { first: [], second: [] };
const [first, second] = await Promise.all([open('alice.bench', { port: line.port }), open('bob.bench')]);
for (let run = 0; run < runs; run += 1) {
  await connect(first, second);
  await Promise.all([first, second].map((user) => user.flows(2)));
  await Promise.all([first, second].map((user) => user.page.evaluate('window.watchRestart()')));
  const cut = Date.now();
  line.cut();
  line.mend();
  for (const [name, user] of Object.entries({ first, second })) {
    const marks = await user.page.waitForFunction('window.restartMarks.flowing && window.restartMarks', null, { polling: 20, timeout: 40_000 });
    rows[name].push({ cut, ...(await marks.jsonValue()) });
  }
  await first.hangsUp();
  await Promise.all([first.leftNothing(), second.leftNothing(), second.notInCall()]);
}
const of = (list, from, to) => round(median(list.filter((one) => one[from]).map((one) => one[to] - one[from])));
print(`The way is lost, medians of ${runs}`, Object.entries(rows).map(([side, list]) => ({
  side,
  'lost → picture ms': of(list, 'cut', 'flowing'),
  'described anew → picture ms': of(list, 'described', 'flowing'),
  'longest ms': round(Math.max(...list.map((one) => one.flowing - one.cut))),
})));
await browser.close();
line.close?.();
await host.close();
await server.close();
process.exit(0);
