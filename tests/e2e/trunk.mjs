// The developer's loop: `trunk serve` as Trunk.toml says, a server behind it, and two people on the developer's page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/browser/engines.mjs';
import { root } from './support/paths.mjs';
import { startServer } from './support/server.mjs';
import { User } from './support/user.mjs';
import { eventually } from './support/wait.mjs';

/** Where Trunk.toml serves the page, and where it expects the server. */
const PAGE = 8088;
const SERVER = 8080;
const shared = {};

const isFree = (port) => new Promise((done) => {
  const socket = createServer();
  socket.once('error', () => done(false));
  socket.listen(port, '127.0.0.1', () => socket.close(() => done(true)));
});

before(async () => {
  for (const port of [PAGE, SERVER]) assert.ok(await isFree(port), `port ${port} is taken: stop what listens there`);
  [shared.server, shared.browser] = await Promise.all([startServer({ port: SERVER }), launchChromium()]);
  const { NO_COLOR: _, ...env } = process.env;
  const trunk = spawn('trunk', ['serve'], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  shared.end = () => { try { process.kill(-trunk.pid, 'SIGTERM'); } catch { /* it has ended */ } };
  process.once('exit', shared.end);
  trunk.once('exit', (code) => { shared.over = `trunk ended with ${code}`; });
  // It builds the widget first.
  await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${PAGE}/`).catch(() => null);
    return Boolean(shared.over) || answer?.ok === true;
  }, { timeout: 900_000, every: 500, message: 'trunk does not serve the page' });
  assert.equal(shared.over, undefined);
});

after(async () => {
  shared.end?.();
  await shared.browser?.close();
  await shared.server?.close();
});

/** Somebody on the page, which makes the widget itself. */
async function developer(name) {
  const page = await (await shared.browser.newContext({ locale: 'en-GB' })).newPage();
  const user = new User(name, page, { server: shared.server });
  await user.goto(`http://127.0.0.1:${PAGE}/?user=${name}`);
  // The page adds the chat itself, which opens the panel: whoever comes before it would close it with the launcher.
  await user.panel.waitFor({ timeout: 120_000 });
  return user;
}

test('trunk: two people chat on the developer’s page', { timeout: 1_200_000 }, async () => {
  const [alice, bob] = await Promise.all(['alice', 'bob'].map(developer));
  await Promise.all([alice.openChat('bob'), bob.openChat('alice')]);
  await alice.send('through trunk');
  await bob.sees(['through trunk']);
  await bob.send('and back');
  await alice.sees(['through trunk', 'and back']);
  await alice.state('through trunk', 'read');
  await alice.page.locator('#log').getByText('message_received').first().waitFor();
  for (const user of [alice, bob]) user.assertNoFaults();
});
