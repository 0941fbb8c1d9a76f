// WebKitGTK by the WebDriver that Debian has for it, on a screen that nobody sees. A context is a session of its own,
// with a browser of its own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { freePort } from '../net.mjs';
import { eventually, pause } from '../wait.mjs';
import { seek } from './in_page.mjs';
import { carrier, unpack } from './carry.mjs';
import { Context, cannot } from './remote.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const PLACES = ['x86_64', 'aarch64'].map((kind) => `/usr/lib/${kind}-linux-gnu/webkit2gtk-4.1/MiniBrowser`);
export const webkit = process.env.MINIBROWSER ?? PLACES.find((path) => existsSync(path)) ?? PLACES[0];
const SCREEN = { width: 1600, height: 1300 };

/** Runs in the page before all else: writes down what other drivers hear of. */
const FAULTS = `{
  const keep = (kind, text) => (window.e2eFaults ??= []).push([kind, String(text)]);
  addEventListener('error', (event) => event.message && keep('pageerror', event.message));
  addEventListener('unhandledrejection', (event) => keep('pageerror', event.reason?.message ?? event.reason));
  const native = console.error;
  console.error = (...parts) => { keep('console', parts.join(' ')); native.apply(console, parts); };
}`;
/** Its languages are those the system was made with; a host page sees those of the context. */
const languages = (locale) => `Object.defineProperties(navigator, { language: { get: () => '${locale}' }, languages: { get: () => ['${locale}'] } });`;
const CORNER = 'const box = arguments[0].getBoundingClientRect(); return [Math.round(box.x + arguments[0].clientLeft), Math.round(box.y + arguments[0].clientTop)];';
const TAKE_FAULTS = 'const all = window.e2eFaults ?? []; window.e2eFaults = []; return all;';

/**
 * Starts a function and waits a little for its outcome; one that takes longer is asked for later, so that others can be
 * called meanwhile. Started again under the same id, it is not called again.
 */
const start = (code) => `const [id, done] = arguments; const runs = (window.e2eRuns ??= {});
  const begin = () => {
    const own = { text: null };
    own.over = (${code})().then((text) => (own.text = text));
    return own;
  };
  const run = (runs[id] ??= begin());
  Promise.race([run.over, new Promise((late) => setTimeout(late, 150, null))]).then(done);`;
/** What the driver says now and then, on a busy machine, of an outcome like any other. */
const LOST = /Could not parse script result/;

class Session {
  static async start(display, options) {
    const own = Object.assign(new Session(), { port: await freePort(), line: Promise.resolve(), window: null, runs: 0 });
    const env = {
      ...process.env, DISPLAY: display, TZ: options.timezoneId ?? 'UTC', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1',
      GTK_THEME: options.colorScheme === 'dark' ? 'Adwaita:dark' : 'Adwaita', NO_AT_BRIDGE: '1',
    };
    own.child = spawn('WebKitWebDriver', [`--port=${own.port}`, '--host=127.0.0.1'], { env, stdio: 'ignore', detached: true });
    const orphan = () => own.kill();
    process.once('exit', orphan);
    own.over = new Promise((done) => own.child.once('exit', () => { process.off('exit', orphan); done(); }));
    await eventually(async () => (await fetch(`http://127.0.0.1:${own.port}/status`)).ok, { timeout: 20_000, message: 'WebKitWebDriver does not start' });
    const wanted = { 'webkitgtk:browserOptions': { binary: webkit, args: ['--automation'] } };
    const { sessionId } = await own.send('POST', '/session', { capabilities: { alwaysMatch: wanted } });
    own.path = `/session/${sessionId}`;
    await own.ask('POST', '/timeouts', { script: 60_000, pageLoad: 60_000 });
    return own;
  }

  /** With the browser that it has started. */
  kill() { try { process.kill(-this.child.pid, 'SIGKILL'); } catch { /* it is gone */ } }

  async send(method, path, body) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path.replace(this.path, '')}: ${value.error}: ${value.message}`);
    return value;
  }
  ask(method, path, body) { return this.send(method, this.path + path, body); }

  /** One after the other: a command goes to the window and frame that was chosen before. */
  alone(work) {
    const turn = this.line.then(work, work);
    this.line = turn.catch(() => {});
    return turn;
  }

  async end() {
    await this.ask('DELETE', '').catch(() => {});
    this.kill();
    await this.over;
  }
}

/** One window; see `remote.mjs` for what is asked of it. */
class Tab {
  constructor(session, handle, scripts) { Object.assign(this, { session, handle, address: 'about:blank', scripts }); }

  within(frames, work) {
    return this.session.alone(async () => {
      const { session } = this;
      if (session.window !== this.handle) await session.ask('POST', '/window', { handle: this.handle });
      session.window = this.handle;
      await session.ask('POST', '/frame', { id: null });
      const corner = { x: 0, y: 0 };
      for (const chain of frames) {
        const frame = await this.element(`(chain) => (${seek})(chain)[0]`, chain);
        const [x, y] = await session.ask('POST', '/execute/sync', { script: CORNER, args: [frame] });
        Object.assign(corner, { x: corner.x + x, y: corner.y + y });
        await session.ask('POST', '/frame', { id: frame });
      }
      return work(corner);
    });
  }
  async element(find, chain) {
    const found = await this.session.ask('POST', '/execute/sync', { script: `return (${find})(arguments[0])`, args: [chain] });
    if (!found?.[ELEMENT]) throw new Error(`nothing fits ${JSON.stringify(chain)}`);
    return found;
  }
  async run(frames, fn, args) {
    const id = `run${++this.session.runs}`;
    const ask = () => this.session.ask('POST', '/execute/async', { script: start(carrier(fn, args)), args: [id] });
    const again = (error) => { if (LOST.test(error.message)) return ask(); throw error; };
    let text = await this.within(frames, () => ask().catch(again));
    while (text === null) {
      await pause(50);
      text = await this.within(frames, () => this.session.ask('POST', '/execute/sync', {
        script: 'if (!window.e2eRuns) throw new Error("the page went away"); return window.e2eRuns[arguments[0]]?.text ?? null', args: [id],
      }));
    }
    return unpack(text);
  }
  act(frames, actions, { keep } = {}) {
    return this.within(frames, async (corner) => {
      // It takes the points of a frame for points of the window.
      const moved = actions.map((source) => ({
        ...source, actions: source.actions.map((one) => (one.origin ? { ...one, x: one.x + corner.x, y: one.y + corner.y } : one)),
      }));
      await this.session.ask('POST', '/actions', { actions: moved });
      if (!keep) await this.session.ask('DELETE', '/actions');
    });
  }
  setFiles(frames, find, chain, files) {
    return this.within(frames, async () => {
      const { [ELEMENT]: id } = await this.element(find, chain);
      await this.session.ask('POST', `/element/${id}/value`, { text: files.join('\n') });
    });
  }
  async goto(url) {
    await this.gather();
    await this.within([], () => this.session.ask('POST', '/url', { url }));
    this.address = url;
  }
  async reload() {
    await this.gather();
    await this.within([], () => this.session.ask('POST', '/refresh', {}));
  }
  /** It cannot put a script before those of a page: the host site does, see `host.mjs`. */
  addInitScript(text) { this.scripts.push(text); }
  bringToFront() { return this.within([], () => {}); }
  setViewport({ width, height }) {
    return this.within([], async () => {
      const inner = () => this.session.ask('POST', '/execute/sync', { script: 'return [innerWidth, innerHeight]', args: [] });
      let outer = { width, height: height + 80 };
      await eventually(async () => {
        await this.session.ask('POST', '/window/rect', outer);
        const [x, y] = await inner();
        if (x === width && y === height) return true;
        outer = { width: outer.width + width - x, height: outer.height + height - y };
        return false;
      }, { every: 120, message: `the window does not become ${width} × ${height}` });
    });
  }
  async screenshot() {
    return Buffer.from(await this.within([], () => this.session.ask('GET', '/screenshot')), 'base64');
  }
  download() { return cannot('take a download'); }
  async gather() {
    const found = await this.within([], () => this.session.ask('POST', '/execute/sync', { script: TAKE_FAULTS, args: [] }));
    for (const [kind, text] of found) this.tell(kind, kind === 'console' ? { type: () => 'error', text: () => text } : new Error(text));
  }
  async close() {
    await this.within([], () => this.session.ask('DELETE', '/window'));
    this.session.window = null;
  }
}

/** Takes the place of Playwright's browser. */
class WebKit {
  constructor(screen, display) { Object.assign(this, { screen, display, sessions: new Set() }); }

  async newContext(options = {}) {
    const session = await Session.start(this.display, options);
    this.sessions.add(session);
    let fresh = true;
    const open = async () => {
      const handle = fresh ? await session.ask('GET', '/window') : (await session.ask('POST', '/window/new', { type: 'window' })).handle;
      fresh = false;
      const tab = new Tab(session, handle, [FAULTS, languages(options.locale ?? 'en-GB')]);
      if (options.viewport) await tab.setViewport(options.viewport);
      return tab;
    };
    const shut = async () => {
      this.sessions.delete(session);
      await session.end();
    };
    return new Context(options, open, shut);
  }

  async close() {
    await Promise.all([...this.sessions].map((session) => session.end()));
    this.screen.kill('SIGTERM');
  }
}

export async function launchWebKit() {
  const flags = ['-displayfd', '3', '-screen', '0', `${SCREEN.width}x${SCREEN.height}x24`, '-nolisten', 'tcp', '-noreset'];
  const screen = spawn('Xvfb', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const orphan = () => screen.kill('SIGKILL');
  process.once('exit', orphan);
  screen.once('exit', () => process.off('exit', orphan));
  const number = await new Promise((found, failed) => {
    screen.stdio[3].once('data', (text) => found(String(text).trim()));
    screen.once('error', failed);
    screen.once('exit', (code) => failed(new Error(`Xvfb ended (${code})`)));
  });
  return new WebKit(screen, `:${number}`);
}
