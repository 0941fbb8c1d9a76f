// Firefox as it is installed, by WebDriver BiDi. Each context has a process of its own while it is used: a tab behind
// another is not painted. Processes are kept for the next context that wants the same settings.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { eventually } from '../wait.mjs';
import { seek } from './in_page.mjs';
import { Bidi } from './bidi.mjs';
import { carrier, unpack } from './carry.mjs';
import { cards, pitches } from '../media.mjs';
import { pageDevices } from './page_devices.mjs';
import { Context } from './remote.mjs';
import { startSound } from './sound.mjs';

export const firefox = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

const PREFERENCES = {
  'browser.download.folderList': 2, 'browser.download.useDownloadDir': true, 'browser.download.always_ask_before_handling_new_types': false,
  'browser.download.alwaysOpenPanel': false, 'media.autoplay.block-webaudio': false, 'media.autoplay.blocking_policy': 0, 'media.autoplay.default': 0,
  'media.navigator.streams.fake': true, 'media.peerconnection.ice.loopback': true, 'media.peerconnection.ice.obfuscate_host_addresses': false,
  'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false, 'network.proxy.type': 0,
  'privacy.trackingprotection.enabled': false, 'security.sandbox.warn_unprivileged_namespaces': false, 'ui.prefersReducedMotion': 0,
  // A mouse: without a screen it believes in none.
  'ui.allPointerCapabilities': 6, 'ui.primaryPointerCapabilities': 6,
};

/** Settings that are fixed when the process starts. */
function preferences({ permissions = [], colorScheme = 'light', reducedMotion }, downloads) {
  const devices = ['camera', 'microphone'].map((name) => [`permissions.default.${name}`, permissions.includes(name) ? 1 : 2]);
  return {
    ...PREFERENCES, ...Object.fromEntries(devices), 'browser.download.dir': downloads,
    'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
    ...(reducedMotion === 'reduce' ? { 'ui.prefersReducedMotion': 1 } : {}),
  };
}

class Process {
  static async start(options, environment) {
    const own = new Process();
    own.profile = mkdtempSync(join(tmpdir(), 'bandyer-firefox-'));
    own.downloads = mkdtempSync(join(tmpdir(), 'bandyer-downloads-'));
    const lines = Object.entries(preferences(options, own.downloads)).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
    writeFileSync(join(own.profile, 'user.js'), lines.join('\n'));
    const flags = ['--headless', '--no-remote', '--profile', own.profile, '--width=1280', '--height=900', '--remote-debugging-port=0', 'about:blank'];
    own.child = spawn(firefox, flags, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1', LC_ALL: 'C.UTF-8', ...environment } });
    const orphan = () => own.child.kill('SIGKILL');
    process.once('exit', orphan);
    own.over = new Promise((done) => own.child.once('exit', () => { process.off('exit', orphan); done(); }));
    own.bidi = await Bidi.open(await own.address());
    await own.bidi.ask('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent', 'browsingContext.userPromptOpened'] });
    return own;
  }

  address() {
    return new Promise((found, failed) => {
      let text = '';
      this.child.stderr.on('data', (bytes) => {
        text = (text + bytes).slice(-20_000);
        const address = text.match(/WebDriver BiDi listening on (ws:\/\/\S+)/)?.[1];
        if (address) found(address);
      });
      this.child.once('error', failed);
      this.child.once('exit', (code) => failed(new Error(`Firefox ended (${code}): ${text.slice(-2000)}`)));
    });
  }

  async end() {
    this.child.kill('SIGKILL');
    await this.over;
    for (const folder of [this.profile, this.downloads]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One tab; see `remote.mjs` for what is asked of it. */
class Tab {
  constructor(process, context, user) {
    Object.assign(this, { process, bidi: process.bidi, context, user, address: 'about:blank', undo: [], hearsRequests: true });
    this.listen('log.entryAdded', ({ source, type, level, method, text }) => {
      if (source.context === undefined || level !== 'error') return;
      if (type === 'javascript') this.tell('pageerror', new Error(text));
      else this.tell('console', { type: () => method ?? level, text: () => text ?? '' });
    });
    this.listen('network.beforeRequestSent', ({ request }) => this.tell('request', { url: () => request.url, method: () => request.method }));
  }
  listen(event, hear) {
    this.bidi.on(event, hear);
    this.undo.push(() => this.bidi.off(event, hear));
  }

  async callIn(context, declaration, more = {}) {
    const target = { context };
    const answer = await this.bidi.ask('script.callFunction', { functionDeclaration: declaration, awaitPromise: true, target, ...more });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    return answer.result;
  }
  /** The browsing context of a frame within frames. */
  async inner(frames) {
    let context = this.context;
    for (const chain of frames) {
      const found = await this.callIn(context, `() => (${seek})(${JSON.stringify(chain)})[0]?.contentWindow`);
      if (found.type !== 'window') throw new Error(`no frame ${JSON.stringify(chain)}`);
      context = found.value.context;
    }
    return context;
  }
  async run(frames, fn, args) {
    const { value } = await this.callIn(await this.inner(frames), carrier(fn, args));
    return unpack(value);
  }
  async act(frames, actions, { keep } = {}) {
    const context = await this.inner(frames);
    await this.bidi.ask('input.performActions', { context, actions });
    if (!keep) await this.bidi.ask('input.releaseActions', { context });
  }
  async setFiles(frames, find, chain, files) {
    const context = await this.inner(frames);
    const { sharedId } = await this.callIn(context, `() => (${find})(${JSON.stringify(chain)})`);
    await this.bidi.ask('input.setFiles', { context, element: { sharedId }, files });
  }
  async goto(url) {
    const { url: reached } = await this.bidi.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
    this.address = reached ?? url;
  }
  reload() { return this.bidi.ask('browsingContext.reload', { context: this.context, wait: 'complete' }); }
  /** Not in what stands there before a page does: it has neither an address nor devices. */
  addInitScript(text) {
    return this.bidi.ask('script.addPreloadScript', { functionDeclaration: `() => { if (location.protocol.startsWith('http')) { ${text} } }`, contexts: [this.context] });
  }
  bringToFront() { return this.bidi.ask('browsingContext.activate', { context: this.context }); }
  setViewport(viewport) { return this.bidi.ask('browsingContext.setViewport', { context: this.context, viewport }); }
  async screenshot() {
    const { data } = await this.bidi.ask('browsingContext.captureScreenshot', { context: this.context });
    return Buffer.from(data, 'base64');
  }
  async download(timeout) {
    const folder = this.process.downloads;
    const before = new Set(readdirSync(folder));
    const name = await eventually(() => readdirSync(folder).find((one) => !before.has(one) && !one.endsWith('.part')
      && !existsSync(join(folder, `${one}.part`)) && readFileSync(join(folder, one)).length > 0) ?? false, { timeout, message: 'no download' });
    return { suggestedFilename: () => basename(name), path: async () => join(folder, name) };
  }
  async close() {
    for (const undo of this.undo) undo();
    await this.bidi.ask('browsingContext.close', { context: this.context });
  }
}

/** Takes the place of Playwright's browser. */
export class Firefox {
  constructor(devices, sound) { Object.assign(this, { devices, sound, idle: [], all: new Set() }); }

  async take(options) {
    const key = JSON.stringify([options.permissions ?? [], options.colorScheme, options.reducedMotion]);
    const found = this.idle.findIndex((one) => one.key === key);
    if (found >= 0) return this.idle.splice(found, 1)[0];
    const process = Object.assign(await Process.start(options, this.sound?.env), { key });
    this.all.add(process);
    return process;
  }

  async newContext(options = {}) {
    const process = await this.take(options);
    const { userContext } = await process.bidi.ask('browser.createUserContext', {});
    const userContexts = [userContext];
    if (options.locale) await process.bidi.ask('emulation.setLocaleOverride', { locale: options.locale, userContexts });
    if (options.timezoneId) await process.bidi.ask('emulation.setTimezoneOverride', { timezone: options.timezoneId, userContexts });
    const open = async () => {
      const { context } = await process.bidi.ask('browsingContext.create', { type: 'tab', userContext });
      const tab = new Tab(process, context, userContext);
      if (options.viewport) await tab.setViewport(options.viewport);
      if (this.devices) await tab.addInitScript(`(${pageDevices})(${JSON.stringify(this.madeDevices())})`);
      return tab;
    };
    const shut = async () => {
      await process.bidi.ask('browser.removeUserContext', { userContext });
      this.idle.push(process);
    };
    const context = new Context(options, open, shut);
    context.grantPermissions = (names) => Promise.all(context.pages().flatMap((page) => names.map((name) => process.bidi.ask('permissions.setPermission', {
      descriptor: { name }, state: 'granted', origin: new URL(page.url()).origin, userContext,
    }))));
    return context;
  }

  madeDevices() {
    return { name: this.devices, card: cards[this.devices], screen: cards.screen, hz: pitches[this.devices] };
  }

  async close() {
    await Promise.all([...this.all].map((process) => process.end()));
    await this.sound?.close();
  }
}

export async function launchFirefox(flags = []) {
  const devices = flags.find((flag) => flag.startsWith('--e2e-devices='))?.split('=')[1];
  return new Firefox(devices, devices && (await startSound()));
}
