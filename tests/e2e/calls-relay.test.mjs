// Calls through relays only, as behind the strictest NAT: the embedded one, and coturn with the same credentials.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { callers, connect, setUpCalls } from './support/calls.mjs';
import { freePort } from './support/net.mjs';
import { networkNoise } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const turn = await freePort();
const { scene } = setUpCalls('calls-relay', {
  serverFlags: ['--turn', `127.0.0.1:${turn}`, '--call-grace-ms', '20000'],
});

/** Two who can reach each other by relay only; `through`: `udp` or `tcp` to the relay. */
async function relayed(stage, through) {
  const pair = await callers(stage);
  for (const user of pair) await user.probe('limit', { relayOnly: true, through });
  return pair;
}

/**
 * The media go through a relay on both sides. How the other side's end is called is a matter of order: a packet from its
 * relay may be there before the line that names the relay, and then it is a “peer reflexive” one.
 */
const goesByRelays = (user, through) => eventually(async () => {
  const { remote, ...own } = await user.probe('route');
  assert.deepEqual(own, { local: 'relay', through });
  assert.ok(['relay', 'prflx'].includes(remote), remote);
});

for (const through of ['udp', 'tcp']) {
  scene(`by the embedded relay alone, over ${through}`, async (stage) => {
    const [alice, bob] = await relayed(stage, through);
    await connect(alice, bob);
    await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
    for (const user of [alice, bob]) await goesByRelays(user, through);
    await alice.hangsUpByButton();
    await Promise.all([alice.notInCall(), bob.notInCall(), alice.leftNothing(), bob.leftNothing()]);
  });
}

scene('the relay dies in a call: another route is found without a click', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await relayed(stage);
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first')]);
  // The relay lives in the server: killed, it forgets every allocation.
  await stage.server.kill();
  await bob.get('call-own-line').waitFor();
  await bob.get('call-reconnecting').waitFor({ timeout: 60_000 });
  await stage.server.start();
  await Promise.all([alice, bob].map((user) => user.get('call-reconnecting').waitFor({ state: 'hidden', timeout: 60_000 })));
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  await Promise.all([alice.flows(2), bob.flows(2)]);
});

// ---- coturn

const TURNSERVER = '/usr/bin/turnserver';
const secret = 'e2e-coturn-secret-0123456789';
let coturn;

before(async () => {
  if (!existsSync(TURNSERVER)) return;
  const folder = mkdtempSync(join(tmpdir(), 'bandyer-coturn-'));
  const port = await freePort();
  const child = spawn(TURNSERVER, [
    '-n', '-L', '127.0.0.1', '-E', '127.0.0.1', '-p', String(port), '--realm', 'e2e.test', '--use-auth-secret',
    `--static-auth-secret=${secret}`, '--min-port', '52000', '--max-port', '52999', '--no-tls', '--no-dtls', '--no-cli',
    '--allow-loopback-peers', '--cli-password=unused', `--pidfile=${folder}/pid`, `--userdb=${folder}/db`, '--log-file=stdout', '--simple-log',
  ], { stdio: 'ignore', cwd: folder });
  coturn = { child, folder, port };
});
after(() => {
  coturn?.child.kill('SIGKILL');
  if (coturn) rmSync(coturn.folder, { recursive: true, force: true });
});

scene('by coturn alone, with the credentials the server mints', async (stage) => {
  const urls = ['udp', 'tcp'].map((transport) => `turn:127.0.0.1:${coturn.port}?transport=${transport}`).join(',');
  await stage.onServer('--turn', 'off', '--turn-url', urls, '--turn-secret', secret);
  const [alice, bob] = await relayed(stage, 'udp');
  await connect(alice, bob);
  await Promise.all([alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
  for (const user of [alice, bob]) await goesByRelays(user, 'udp');
}, { skip: existsSync(TURNSERVER) ? false : 'needs Debian’s coturn' });

