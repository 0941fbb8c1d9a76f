// Pictures of every view × desktop, mobile × light, dark × English, Italian, and a sheet that shows them together.
// Written to tests/e2e/out/shots; words on the command line choose views.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBuilt, outDir } from './support/paths.mjs';
import { hostPage, startHost } from './support/host.mjs';
import { startRelay } from './support/net.mjs';
import { openShowcase } from './support/showcase.mjs';
import { file, png } from './support/files.mjs';
import { mintToken, startServer } from './support/server.mjs';
import { User } from './support/user.mjs';
import { launchBrowser } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const words = process.argv.slice(2);
const shotsDir = join(outDir, 'shots');
const screens = {
  desktop: { viewport: { width: 1000, height: 720 } },
  mobile: { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1 },
};
const languages = { en: 'en-GB', it: 'it-IT' };
const people = {
  anna: ['Anna', 'Bianchi'], bruno: ['Bruno', 'Conti'], carla: ['Carla', 'De Angelis-Montefiore'], dario: ['Dario', 'Esposito'], emma: ['Emma', 'Ferri'],
};

function hostFunctions() {
  window.e2eFormatters = { full: (user) => [user.firstName, user.lastName].filter(Boolean).join(' ') || user.userAlias };
}

/** Each view: how a fresh widget gets there. `user` has the panel closed. */
const views = {
  launcher: async ({ user }) => { await user.launcher.waitFor(); },
  'launcher-badge': async ({ user }) => { await eventually(async () => { if (!(await user.badge())) throw new Error('no badge yet'); }); },
  list: async ({ user }) => { await user.openPanel(); await user.ui().getByText('Carla De Angelis-Montefiore').waitFor(); },
  'list-search': async ({ user }) => {
    await user.openPanel();
    await user.search.fill('ca');
  },
  'list-no-match': async ({ user }) => {
    await user.openPanel();
    await user.search.fill('zzz');
    await user.get('empty').waitFor();
  },
  'list-empty': { person: 'lonely', act: async ({ user }) => { await user.openPanel(); await user.get('empty').waitFor(); } },
  'list-chat-off': { options: { chat: false }, act: async ({ user }) => { await user.openPanel(); await user.get('empty').waitFor(); } },
  conversation: async ({ user }) => { await user.openChat('anna'); await user.get('message').first().waitFor(); },
  'conversation-unread': async ({ user, server }) => {
    for (const text of ['A message not seen yet', 'And a second one']) await server.post('bruno', 'me', text);
    await user.openPanel();
    await user.row('bruno').getByTestId('row-unread').waitFor();
    await user.openChat('bruno'); await user.get('unread-divider').waitFor();
  },
  'conversation-empty': async ({ user }) => { await user.openChat('dario'); },
  'conversation-typing': async ({ user, peer }) => {
    await user.openChat('anna');
    await peer.openChat('me');
    await peer.type('…');
    await user.get('typing').first().waitFor();
  },
  'conversation-long-draft': async ({ user }) => {
    await user.openChat('dario');
    await user.composer.fill('A long answer that goes over\nseveral lines,\nbecause there is\nmuch to say.');
  },
  'conversation-scrolled-up': async ({ user, server }) => {
    await user.openChat('carla');
    await user.get('message').first().waitFor();
    await user.get('thread').hover();
    await user.page.mouse.wheel(0, -700);
    await user.get('jump-down').waitFor();
    await server.post('carla', 'me', 'And another one.');
    await user.get('jump-count').waitFor();
  },
  'conversation-files': async ({ user }) => { await user.openChat('emma'); await user.get('picture-preview').first().waitFor(); await user.get('file-name').first().waitFor(); },
  'conversation-offline': async ({ user, relay }) => {
    await user.openChat('dario');
    relay.cut();
    await user.networkBar.waitFor();
    await user.send('Written without a network');
    await user.get('message').first().waitFor();
  },
  'list-offline': async ({ user, relay }) => { await user.openPanel(); await user.ui().getByText('Carla De Angelis-Montefiore').waitFor(); relay.cut(); await user.networkBar.waitFor(); },
  uploading: async ({ user, client }) => {
    await user.openChat('dario');
    await client.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 300_000 });
    await user.get('file-input').setInputFiles([file('film of the holidays.mov', Buffer.alloc(3_000_000, 3))]);
    await user.get('upload-progress').waitFor();
  },
  'upload-failed': async ({ user }) => {
    await user.page.route('**/client/uploads**', (route) => (route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue()));
    await user.openChat('dario');
    await user.get('file-input').setInputFiles([file('report.pdf', '%PDF-')]);
    await user.get('retry').waitFor({ timeout: 20_000 });
  },
  'too-long': async ({ user }) => { await user.openChat('dario'); await user.composer.fill('x'.repeat(10_001)); },
  notice: async ({ user, server }) => {
    await user.openChat('carla');
    await server.removeChat('carla', 'me');
    await user.get('notice').waitFor();
    await server.addChat('carla', 'me');
    for (let n = 1; n <= 40; n += 1) await server.post(n % 3 ? 'carla' : 'me', n % 3 ? 'me' : 'carla', `Message number ${n} of a longer talk.`);
  },
  'token-expired': { seconds: 3, act: async ({ user }) => { await user.openPanel(); await user.get('inactive-view').waitFor(); } },
  'user-disabled': {
    act: async ({ user, server }) => {
      await user.openPanel();
      await server.updateUser('me', { active: false });
      await user.get('inactive-view').waitFor();
      await server.updateUser('me', { active: true });
    },
  },
  layout: {
    options: { layout: {
      body: { background: '#fff8e7', color: '#222' }, messageSent: { background: '#7b1e3a', color: '#fff' }, messageReceived: { background: '#ead7c3', color: '#222' },
      launcher: { background: '#7b1e3a' }, header: { background: '#7b1e3a', color: '#fff' }, headerButton: { background: '#a8324f', color: '#fff' }, fontFamily: 'Georgia, serif',
    } },
    act: async ({ user }) => { await user.openChat('anna'); await user.get('message').first().waitFor(); },
  },
  frame: { options: { iframe: true }, act: async ({ user }) => { user.frame = user.page.frameLocator('iframe[src*="/embed"]'); await user.openChat('anna'); await user.get('message').first().waitFor(); } },
};

/** Views of calls, from the showcase: which one, and what is pressed in it. */
const showcaseViews = {
  'dial-in': ['dial-in'], 'dial-in-audio': ['dial-in-audio'], 'dial-out': ['dial-out'], 'dial-out-video': ['dial-out-video'],
  'call-video': ['call-video'], 'call-audio': ['call-audio'], 'call-muted': ['call-muted'], 'call-full': ['call-full'],
  'call-waiting': ['call-waiting'], 'call-connecting': ['call-connecting'], 'call-reconnecting': ['call-reconnecting'],
  'call-peer-line': ['call-peer-line'], 'call-own-line': ['call-own-line'], 'call-ends-soon': ['call-ends-soon'],
  'call-screen': ['call-screen'], 'call-sharing': ['call-sharing'], 'call-screen-menu': ['call-video', 'call-screen'],
  'call-settings': ['call-video', 'call-settings'], 'call-settings-blocked': ['call-settings-blocked', 'call-settings'],
  'call-files': ['call-files', 'call-files'], 'call-files-received': ['call-files-received', 'call-files'], 'call-files-none': ['call-video', 'call-files'],
  'call-mic-refused': ['call-mic-refused'], 'call-not-secure': ['call-not-secure'], 'call-camera-in-use': ['call-camera-in-use'],
  'call-extension': ['call-extension'], 'call-playback': ['call-playback'], 'call-upgradable': ['call-upgradable'],
  'call-failure-busy': ['failure-busy'], 'call-failure-lost': ['failure-lost'],
  feedback: ['feedback'], 'feedback-thanks': ['feedback-thanks'],
  'in-call-list': ['in-call-list'], 'in-call-conversation': ['in-call-conversation'], 'missed-call': ['missed'],
};

async function showcaseShot(context, address, [view, ...presses], path) {
  const page = await context.newPage();
  await page.goto(address);
  await page.getByTestId('panel').waitFor();
  // Made-up cameras need a moment for their first picture.
  await page.waitForTimeout(500);
  if (view.startsWith('call-')) await page.getByTestId('panel').hover();
  for (const press of presses) {
    const button = page.getByTestId(press);
    // Phones share no screen.
    if (await button.isVisible()) await button.click();
  }
  await page.waitForTimeout(250);
  await page.screenshot({ path });
}

async function populate(server) {
  await server.createUser('me', { firstname: 'Mara', lastname: 'Rossi' });
  await server.createUser('lonely', { firstname: 'Lino', lastname: 'Solo' });
  for (const [alias, [firstname, lastname]] of Object.entries(people)) {
    await server.createUser(alias, { firstname, lastname });
    await server.addChat('me', alias);
  }
  for (let n = 1; n <= 40; n += 1) await server.post(n % 3 ? 'carla' : 'me', n % 3 ? 'me' : 'carla', `Message number ${n} of a longer talk.`);
  for (const [from, to, text] of [
    ['anna', 'me', 'Hi Mara! Did you see the plan?'], ['me', 'anna', 'Yes, just now: https://example.org/plan?version=3'],
    ['me', 'anna', 'Looks good to me 👍'], ['anna', 'me', 'Great.\nThen let us meet at ten tomorrow and go through the open points one by one, it should not take long.'],
    ['me', 'anna', 'Deal'], ['bruno', 'me', 'First unread message'], ['bruno', 'me', 'Second unread message, a bit longer than the first one was'],
  ]) await server.post(from, to, text);
}

async function sendFiles(browser, server, host) {
  const context = await browser.newContext();
  const user = await visit(context, host, server.origin, server, 'emma');
  await user.create({});
  await user.openChat('me');
  await user.get('file-input').setInputFiles([file('sunset.png', png(320, 200, [240, 140, 60]), 'image/png')]);
  await eventually(async () => { if ((await server.stored('emma', 'me')).length < 1) throw new Error('not stored yet'); });
  await user.get('file-input').setInputFiles([file('contract, final version (2).pdf', Buffer.alloc(123_456, 1))]);
  await eventually(async () => { if ((await server.stored('emma', 'me')).length < 2) throw new Error('not stored yet'); });
  await context.close();
}

async function visit(context, host, origin, server, alias, token) {
  const page = await context.newPage();
  await User.prepare(page);
  await page.addInitScript(hostFunctions);
  const user = new User(alias, page, { server, token: token ?? (await server.token(alias)) });
  await user.goto(host.add(hostPage(origin, { head: '<style>body{font:16px system-ui;margin:24px;color:#456}@media (prefers-color-scheme:dark){body{background:#15181d;color:#9ab}}</style>' })));
  return user;
}

async function main() {
  checkBuilt();
  rmSync(shotsDir, { recursive: true, force: true });
  mkdirSync(shotsDir, { recursive: true });
  const [server, host, browser] = await Promise.all([startServer(), startHost(), launchBrowser()]);
  await populate(server);
  await sendFiles(browser, server, host);
  const relay = await startRelay(server.port);
  const made = [];
  const failed = [];
  for (const [name, view] of Object.entries(views)) {
    if (words.length && !words.some((word) => name.includes(word))) continue;
    const { act, options = {}, person = 'me', seconds } = typeof view === 'function' ? { act: view } : view;
    for (const [screen, screenOptions] of Object.entries(screens)) {
      for (const colorScheme of ['light', 'dark']) {
        for (const [language, locale] of Object.entries(languages)) {
          const file = `${name}--${screen}-${colorScheme}-${language}.png`;
          relay.mend();
          const context = await browser.newContext({ ...screenOptions, colorScheme, locale, reducedMotion: 'reduce', timezoneId: 'UTC' });
          context.setDefaultTimeout(6000);
          try {
            const user = await visit(context, host, relay.origin, server, person, seconds && mintToken(person, { seconds }));
            await user.create({ formatter: 'full', ...options });
            const client = await context.newCDPSession(user.page);
            let peer;
            if (name.endsWith('typing')) {
              peer = await visit(await browser.newContext(), host, server.origin, server, 'anna');
              await peer.create({});
            }
            try {
              await act({ user, peer, server, relay, client });
              // Names from the host page and pictures may come a moment after the view.
              await user.page.waitForTimeout(250);
            } finally {
              await user.page.screenshot({ path: join(shotsDir, file) });
              await peer?.page.context().close();
            }
            made.push({ name, file, screen });
          } catch (error) {
            failed.push(`${file}: ${error.message.split('\n')[0]}`);
          }
          await context.close();
        }
      }
    }
    console.log(`${name}: done`);
  }
  const address = openShowcase(host);
  for (const [name, steps] of Object.entries(showcaseViews)) {
    if (words.length && !words.some((word) => name.includes(word))) continue;
    for (const [screen, screenOptions] of Object.entries(screens)) {
      for (const colorScheme of ['light', 'dark']) {
        for (const [language, locale] of Object.entries(languages)) {
          const file = `${name}--${screen}-${colorScheme}-${language}.png`;
          const context = await browser.newContext({ ...screenOptions, colorScheme, locale, reducedMotion: 'reduce', timezoneId: 'UTC' });
          context.setDefaultTimeout(6000);
          try {
            await showcaseShot(context, address(steps[0], language), steps, join(shotsDir, file));
            made.push({ name, file, screen });
          } catch (error) {
            failed.push(`${file}: ${error.message.split('\n')[0]}`);
          }
          await context.close();
        }
      }
    }
    console.log(`${name}: done`);
  }
  await sheet(browser, made);
  await browser.close();
  await relay.close();
  await host.close();
  await server.close();
  console.log(`${made.length} pictures and sheet-*.png in ${shotsDir}`);
  for (const line of failed) console.error(`NOT MADE ${line}`);
  process.exitCode = failed.length ? 1 : 0;
}

async function sheet(browser, made) {
  const cell = (shot) => `<figure><img src="${shot.file}" loading="eager"><figcaption>${shot.file.replace('.png', '')}</figcaption></figure>`;
  for (const screen of Object.keys(screens)) {
    const shots = made.filter((shot) => shot.screen === screen);
    const rows = Object.entries(Object.groupBy?.(shots, (shot) => shot.name) ?? shots.reduce((all, shot) => ({ ...all, [shot.name]: [...(all[shot.name] ?? []), shot] }), {}));
    const width = screen === 'desktop' ? 480 : 240;
    const html = `<!doctype html><meta charset="utf-8"><title>Views, ${screen}</title><style>body{font:12px system-ui;background:#888;margin:8px}div{display:flex;gap:8px}figure{margin:4px}img{width:${width}px;display:block}</style>${rows.map(([, row]) => `<div>${row.map(cell).join('')}</div>`).join('')}`;
    const path = join(shotsDir, `sheet-${screen}.html`);
    writeFileSync(path, html);
    const page = await browser.newPage({ viewport: { width: width * 4 + 80, height: 800 } });
    await page.goto(`file://${path}`);
    await page.screenshot({ path: join(shotsDir, `sheet-${screen}.png`), fullPage: true });
    await page.close();
  }
}

await main();
