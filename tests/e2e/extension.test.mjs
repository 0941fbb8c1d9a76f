// Sharing a screen where the browser has no picker of its own: through the extension of the template.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium as playwright } from 'playwright-core';
import { startHost } from './support/host.mjs';
import { chromium, root } from './support/paths.mjs';
import { browserFlags } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const shared = {};

/** The template as its guide says: the site is listed in it, and nothing else is changed. */
function ownExtension() {
  const folder = mkdtempSync(join(tmpdir(), 'bandyer-extension-'));
  cpSync(join(root, 'extra/screenshare-extension'), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const site = 'http://127.0.0.1/*';
  manifest.externally_connectable.matches = [site];
  manifest.web_accessible_resources[0].matches = [site];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

before(async () => {
  shared.host = await startHost();
  const extension = ownExtension();
  shared.browser = await playwright.launchPersistentContext(mkdtempSync(join(tmpdir(), 'bandyer-profile-')), {
    executablePath: chromium,
    headless: true,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      ...browserFlags, `--load-extension=${extension}`, `--disable-extensions-except=${extension}`,
      '--auto-select-tab-capture-source-by-title=To be shared',
    ],
  });
});
after(async () => {
  await shared.browser?.close();
  await shared.host?.close();
});

test('extension: the template loads, answers a listed page, and gives a stream of the chosen tab', { timeout: 60_000 }, async () => {
  const { browser, host } = shared;
  const worker = browser.serviceWorkers()[0] ?? (await browser.waitForEvent('serviceworker', { timeout: 20_000 }));
  const id = new URL(worker.url()).host;
  const chosen = await browser.newPage();
  await chosen.goto(host.add('<title>To be shared</title><body style="margin:0;background:rgb(250,140,0)">'));
  const page = await browser.newPage();
  await page.goto(host.add('<title>A listed page</title><button>share</button>'));
  const icon = await page.evaluate((address) => new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve('installed');
    picture.onerror = () => resolve('missing');
    picture.src = address;
  }), `chrome-extension://${id}/icon.png`);
  assert.equal(icon, 'installed');
  const answer = await page.evaluate((extension) =>
    new Promise((resolve) => chrome.runtime.sendMessage(extension, { getStream: true }, resolve)), id);
  assert.ok(answer.streamId, `no stream: ${JSON.stringify(answer)}`);
  await chosen.bringToFront();
  await page.evaluate(async (source) => {
    const video = { mandatory: { chromeMediaSource: 'desktop', chromeMediaSourceId: source } };
    window.track = (await navigator.mediaDevices.getUserMedia({ audio: false, video })).getVideoTracks()[0];
  }, answer.streamId);
  await eventually(async () => {
    const colour = await page.evaluate(async () => {
      const reader = new MediaStreamTrackProcessor({ track: window.track.clone() }).readable.getReader();
      const { value: frame } = await reader.read();
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      context.drawImage(frame, 0, 0, 1, 1);
      frame.close();
      reader.cancel().catch(() => {});
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    });
    assert.ok(colour[0] > 200 && Math.abs(colour[1] - 140) < 40 && colour[2] < 60, `not the chosen tab: ${colour}`);
  });
});
