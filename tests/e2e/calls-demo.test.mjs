// The demo of calls: two panes of one page that call each other, and the page that checks whether a call will connect.
import assert from 'node:assert/strict';
import { fakeDevices } from './support/media.mjs';
import { freePort } from './support/net.mjs';
import { setUp } from './support/stage.mjs';
import { startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('calls-demo', { browserArgs: fakeDevices('first') });

async function demoServer(stage, flags) {
  const server = await startServer({ flags });
  stage.undo.push(() => server.close());
  return server;
}

async function demoPage(stage, server, path, permissions = ['camera', 'microphone']) {
  const page = await (await stage.context({ permissions })).newPage();
  await page.goto(`${server.origin}/demo/${path}`);
  return page;
}

scene('Alice’s pane calls Bob’s, and both show the other', async (stage) => {
  const page = await demoPage(stage, stage.server, 'two-users.html');
  const [alice, bob] = ['Alice', 'Bob'].map((name) => page.frameLocator(`iframe[title="${name}’s page"]`));
  await bob.getByTestId('composer').waitFor();
  await alice.getByTestId('composer').waitFor();
  await alice.getByTestId('header-call-video').click();
  await bob.getByTestId('dial-accept').click();
  for (const pane of [alice, bob]) {
    const video = pane.locator('[data-testid="call-main"] video[data-slot="peer-camera"]');
    await video.waitFor();
    await eventually(async () => assert.ok(await video.evaluate((node) => node.videoWidth > 0 && node.currentTime > 0.2)));
  }
  await page.getByText('call_started').first().waitFor();
  await bob.getByTestId('call-hang-up').click();
  for (const pane of [alice, bob]) await pane.getByTestId('call-view').waitFor({ state: 'hidden' });
});

scene('Alice’s call has a window, and goes on without her page', async (stage) => {
  const page = await demoPage(stage, stage.server, 'window.html');
  const [alice, bob] = ['Alice', 'Bob'].map((name) => page.frameLocator(`iframe[title="${name}’s page"]`));
  await bob.getByTestId('composer').waitFor();
  await alice.getByTestId('composer').waitFor();
  const [own] = await Promise.all([page.context().waitForEvent('page'), alice.getByTestId('header-call-video').click()]);
  await bob.getByTestId('dial-accept').click();
  const shows = async (place) => {
    const video = place.locator('[data-testid="call-main"] video[data-slot="peer-camera"]');
    await video.waitFor();
    await eventually(async () => assert.ok(await video.evaluate((node) => node.videoWidth > 0 && node.currentTime > 0.2)));
  };
  await Promise.all([shows(own), shows(bob)]);
  await page.locator('iframe[title="Alice’s page"]').evaluate((frame) => frame.contentWindow.location.reload());
  await alice.getByTestId('call-window').waitFor();
  await alice.getByTestId('call-hang-up').click();
  await bob.getByTestId('call-view').waitFor({ state: 'hidden' });
});

async function checked(page) {
  await page.getByText('Check now').click();
  await page.locator('#verdict[data-state]').waitFor({ timeout: 45_000 });
  return Object.fromEntries(await page.locator('[data-check]').evaluateAll((rows) =>
    rows.map((row) => [row.dataset.check, row.dataset.code ?? row.dataset.state])));
}

scene('the check page finds everything good where it is', async (stage) => {
  const server = await demoServer(stage, ['--turn', `127.0.0.1:${await freePort()}`]);
  const page = await demoPage(stage, server, 'check.html');
  const found = await checked(page);
  assert.deepEqual(found, {
    browser: 'good', secure: 'good', window: 'good', microphone: 'good', camera: 'good', screen: 'good', socket: 'good', servers: 'good',
    outside: 'good', 'turn-udp': 'good', 'turn-tcp': 'good', 'turn-through': 'good',
  });
  assert.equal(await page.locator('#verdict').getAttribute('data-state'), 'good');
});

scene('the check page names what is wrong: refused devices, no relay', async (stage) => {
  const server = await demoServer(stage, ['--turn', 'off']);
  const page = await demoPage(stage, server, 'check.html', []);
  await page.evaluate(() => { window.open = () => null; });
  const found = await checked(page);
  assert.equal(found.window, 'popup_blocked');
  assert.equal(found.microphone, 'permission_refused');
  assert.equal(found.camera, 'permission_refused');
  assert.equal(found.servers, 'ice_missing');
  assert.equal(found['turn-through'], 'turn_unreachable');
});

scene('the check page tells a relay that answers nothing from one that refuses', async (stage) => {
  const silent = await demoServer(stage, ['--turn', 'off', '--turn-url', `turn:127.0.0.1:${await freePort()}?transport=tcp`, '--turn-secret', 'a-secret-of-sixteen']);
  const page = await demoPage(stage, silent, 'check.html');
  assert.equal((await checked(page))['turn-tcp'], 'turn_unreachable');
  const port = await freePort();
  await demoServer(stage, ['--turn', `127.0.0.1:${port}`, '--turn-secret', 'the-one-secret-it-has']);
  const wrong = await demoServer(stage, ['--turn', 'off', '--turn-url', `turn:127.0.0.1:${port}?transport=tcp`, '--turn-secret', 'another-secret-than-that']);
  assert.equal((await checked(await demoPage(stage, wrong, 'check.html')))['turn-tcp'], 'turn_unauthorized');
});
