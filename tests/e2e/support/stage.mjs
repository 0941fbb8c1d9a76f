// Sets the stage of one test file: one server, one host site, one browser, and people who come and go with each test.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { browserFlags, engine, launchBrowser, leftOut, neverDeclared } from './browser/engines.mjs';
import { checkBuilt, outDir } from './paths.mjs';
import { hostPage, startHost } from './host.mjs';
import { startRelay } from './net.mjs';
import { mintToken, startServer, uniqueAlias } from './server.mjs';
import { User } from './user.mjs';

/** Errors that a broken network writes to the console; the browser does so, not the widget. */
export const networkNoise = [/WebSocket connection to/, /net::ERR_/, /Failed to load resource/, /can’t establish a connection|was interrupted while the page/];

/** What a test gets: people, and the ground they stand on. */
class Stage {
  constructor(shared) {
    Object.assign(this, shared, { contexts: [], users: [], undo: [] });
  }

  /** A user of the server, without a browser yet. */
  alias(name = 'user', fields) { return this.server.createUser(uniqueAlias(name), fields); }

  /** From here on, a server of its own. */
  async onServer(...flags) {
    this.server = await startServer({ flags });
    const { server } = this;
    this.undo.push(() => server.close());
  }

  relay() {
    return startRelay(this.server.port).then((relay) => { this.undo.push(() => relay.close()); return relay; });
  }

  async context({ browser = this.browser, ...options } = {}) {
    const context = await browser.newContext({
      locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 1280, height: 800 }, reducedMotion: this.motion, ...options,
    });
    context.setDefaultTimeout(20_000);
    context.setDefaultNavigationTimeout(40_000);
    this.contexts.push(context);
    return context;
  }

  /**
   * A person on a host page, before `create`. `origin`: where the page loads the widget from (a relay, say);
   * `html`: another page; `init`: what runs in the page before all else, one or several; `context`: another browser profile or an existing one (a second tab).
   */
  async visitor(alias, { context, contextOptions, origin = this.server.origin, html, headers, url, init, token } = {}) {
    const home = context ?? (await this.context(contextOptions));
    const page = await home.newPage();
    await User.prepare(page);
    for (const script of [init ?? []].flat()) await page.addInitScript(script);
    const user = new User(alias, page, { server: this.server, token: token ?? (await this.server.token(alias)) });
    this.users.push(user);
    const address = url ?? this.host.add(html ?? hostPage(origin), { headers });
    if (page.driver?.scripts) this.host.lead(address, page.driver.scripts);
    await user.goto(address);
    return user;
  }

  /** A person whose widget is created and connected. */
  async user(alias, { options, ...where } = {}) {
    const user = await this.visitor(alias, where);
    await user.create(options);
    return user;
  }

  /** Somebody connected whose token ends soon. It begins once the page is there: a busy machine loads slowly. */
  async shortLived(alias, where) {
    const user = await this.visitor(alias, where);
    user.token = mintToken(alias, { seconds: 18 });
    return user.create();
  }

  /** Two people with a chat between them. */
  async pair({ first = {}, second = {} } = {}) {
    const [alice, bob] = await Promise.all([this.alias('alice'), this.alias('bob')]);
    await this.server.addChat(alice, bob);
    return Promise.all([this.user(alice, first), this.user(bob, second)]);
  }

  async screenshots(name) {
    for (const user of this.users) {
      if (user.page.isClosed()) continue;
      const file = join(outDir, `${name}-${user.alias}.png`.replace(/[^\w.-]+/g, '_'));
      await user.page.screenshot({ path: file, timeout: 4000 }).catch(() => {});
    }
  }

  async clear() {
    for (const undo of this.undo) await undo();
    await Promise.all(this.contexts.map((context) => context.close().catch(() => {})));
  }
}

/** The two ways people like it: everything that is measured or focused must come out the same. */
export const bothMotions = ['no-preference', 'reduce'];

/** Declares the tests of one area. `scene(name, body)` is one test, or one for each of the `motions`. */
export function setUp(area, { serverFlags = [], browserArgs = [], motions = ['no-preference'] } = {}) {
  const shared = {};
  const names = [];
  before(async () => {
    checkBuilt();
    [shared.server, shared.host, shared.browser] = await Promise.all([
      startServer({ flags: serverFlags }), startHost(), launchBrowser(browserArgs),
    ]);
  });
  after(async () => {
    await shared.browser?.close();
    await shared.host?.close();
    await shared.server?.close();
    assert.deepEqual(neverDeclared(area, names), [], 'left_out.mjs names scenes that are not there');
  });
  const play = (name, motion, body, options) => test(`${area}: ${name}`, { timeout: 240_000, ...leftOut(area, name, motion), ...options }, async () => {
    const stage = new Stage({ ...shared, motion });
    try {
      await body(stage);
      for (const user of stage.users) {
        await user.page.gather?.();
        user.assertNoFaults(stage.expectedFaults ?? []);
      }
    } catch (error) {
      await stage.screenshots(`${area}-${name}`);
      throw error;
    } finally {
      await stage.clear();
    }
  });
  const scene = (name, body, options = {}) => {
    names.push(name);
    for (const motion of motions) play(motion === 'reduce' ? `${name}, with reduced motion` : name, motion, body, options);
  };
  return { scene, shared };
}

export { browserFlags, engine, hostPage, launchBrowser };
