// Playwright's words for a browser that Playwright does not drive: the few that scenes use, over a driver that can run
// a function in a page, point, press keys and hand over files. `firefox.mjs` and `webkit.mjs` are such drivers.
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../wait.mjs';
import { aim, fill, looks, missed, seek } from './in_page.mjs';
import { clickActions, keyActions, pressActions, typeActions, wheelActions } from './actions.mjs';

const PATIENCE = 15_000;

/** What one engine has no way to do; the list of scenes it leaves out says so with a reason. */
export const cannot = (what) => { throw new Error(`this browser cannot ${what}`); };

const pattern = (text) => (text instanceof RegExp ? { pattern: text.source, flags: text.flags } : text);
const source = (fn) => (typeof fn === 'function' ? fn.toString() : `() => (${fn})`);

/** `css >> css`, and the little that is not CSS: `visible=true`. */
function steps(selector) {
  return selector.split(' >> ').map((part) => (part === 'visible=true' ? { visible: true } : { css: part.replace(/^css=/, '') }));
}

/** Something to look for elements in: a page or a frame in it. `frames` leads to the frame. */
class Place {
  constructor(page, frames) { Object.assign(this, { home: page, frames }); }
  locator(selector) { return new Locator(this, steps(selector)); }
  getByTestId(id) { return new Locator(this, [{ css: `[data-testid="${id}"]` }]); }
  getByText(text, { exact = false } = {}) { return new Locator(this, [{ text: pattern(text), exact }]); }
  getByRole(role, { name } = {}) { return new Locator(this, [{ role, name: pattern(name) }]); }
  frameLocator(selector) { return new Place(this.home, [...this.frames, steps(selector)]); }
  /** Runs the text of a function. */
  run(text, ...args) { return this.home.driver.run(this.frames, text, args); }
  evaluate(fn, arg) { return this.run(source(fn), arg); }
}

class Locator {
  constructor(place, chain) { Object.assign(this, { place, chain }); }
  more(...chain) { return new Locator(this.place, [...this.chain, ...chain]); }
  locator(selector) { return this.more(...steps(selector)); }
  getByTestId(id) { return this.more({ css: `[data-testid="${id}"]` }); }
  getByText(text, { exact = false } = {}) { return this.more({ text: pattern(text), exact }); }
  getByRole(role, { name } = {}) { return this.more({ role, name: pattern(name) }); }
  filter({ has, hasText }) {
    return this.more(...(has ? [{ has: has.chain }] : []), ...(hasText === undefined ? [] : [{ hasText: pattern(hasText) }]));
  }
  nth(nth) { return this.more({ nth }); }
  first() { return this.nth(0); }
  last() { return this.nth(-1); }
  or(other) { return this.more({ or: other.chain }); }
  and(other) { return this.more({ and: other.chain }); }
  page() { return this.place.home; }

  /** Calls a function, or the text of one, with what the chain finds. */
  look(fn, ...args) {
    return this.place.run(`async (chain, args) => (${fn})((${seek})(chain), ...args)`, this.chain, args);
  }
  /** Repeats until the answer is not `{wait}`. */
  when(ask, { timeout = PATIENCE } = {}) {
    return eventually(async () => {
      const answer = await ask();
      if (answer?.wait) throw new Error(`${JSON.stringify(this.chain)}: ${answer.wait}`);
      return { answer };
    }, { timeout }).then(({ answer }) => answer);
  }
  one(what, name, options) { return this.when(() => this.look(looks.one, what, name), options).then(({ value }) => value); }

  waitFor({ state = 'visible', timeout = PATIENCE } = {}) {
    const reached = {
      visible: ({ visible }) => visible, hidden: ({ visible }) => !visible,
      attached: ({ count }) => count > 0, detached: ({ count }) => count === 0,
    }[state];
    return eventually(async () => {
      const seen = await this.look(looks.state);
      if (state === 'visible' && seen.count > 1) throw new Error(`${seen.count} elements fit ${JSON.stringify(this.chain)}`);
      if (!reached(seen)) throw new Error(`${JSON.stringify(this.chain)} is not ${state}: ${JSON.stringify(seen)}`);
    }, { timeout });
  }

  async point(options, click = false) {
    // Where it stands first; then scrolled to, in different ways, as a sticky bar may lie over it.
    const ways = [null, 'nearest', 'center', 'end', 'start'];
    let round = 0;
    return this.when(() => this.look(aim, { scroll: ways[round++ % ways.length], click }), options);
  }
  async click({ force, ...options } = {}) {
    if (force) {
      const { x, y, width, height } = await this.one('box', undefined, options);
      return this.page().act(this.place.frames, clickActions({ x: Math.floor(x + width / 2), y: Math.floor(y + height / 2) }));
    }
    return this.when(async () => {
      await this.page().act(this.place.frames, clickActions(await this.point(options, true)));
      // A page that the click has closed or left was hit.
      const wide = await this.place.run(`${missed}`).catch(() => false);
      return wide ? { wait: 'it moved away from under the click' } : {};
    }, options);
  }
  tap(options) { return this.click(options); }
  async hover(options) {
    const at = await this.point(options);
    await this.page().mouse.over(this.place.frames, at);
  }
  fill(text, options) { return this.when(() => this.look(fill, text), options); }
  async press(keys, options) {
    await this.focus(options);
    await this.page().act(this.place.frames, pressActions(keys));
  }
  async pressSequentially(text, options) {
    await this.focus(options);
    await this.page().act(this.place.frames, typeActions(text));
  }
  focus(options) { return this.one('focus', undefined, options); }
  scrollIntoViewIfNeeded(options) { return this.one('scroll', undefined, options); }
  async setInputFiles(files) {
    const folder = mkdtempSync(join(tmpdir(), 'bandyer-files-'));
    // A browser may read them as long as its page is there.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const paths = [files].flat().map(({ name, buffer }) => {
      const path = join(folder, name);
      writeFileSync(path, buffer);
      return path;
    });
    await this.waitFor({ state: 'attached' });
    await this.page().driver.setFiles(this.place.frames, `(chain) => (${seek})(chain)[0]`, this.chain, paths);
  }

  evaluate(fn, arg, options) {
    return this.when(() => this.look(`async ([node, ...more], arg) => node && !more.length ? { value: await (${source(fn)})(node, arg) } : { wait: (more.length ? 'several' : 'nothing') + ' fits' }`, arg), options)
      .then(({ value }) => value);
  }
  evaluateAll(fn, arg) { return this.look(`(found, arg) => (${source(fn)})(found, arg)`, arg); }
  count() { return this.look(looks.count); }
  async all() { return Array.from({ length: await this.count() }, (_, nth) => this.nth(nth)); }
  async isVisible() { return (await this.look(looks.state)).visible; }
  async isHidden() { return !(await this.isVisible()); }
  textContent(options) { return this.one('text', undefined, options); }
  innerText(options) { return this.one('inner', undefined, options); }
  allTextContents() { return this.look(looks.texts); }
  inputValue(options) { return this.one('value', undefined, options); }
  getAttribute(name, options) { return this.one('attribute', name, options); }
  isDisabled(options) { return this.one('disabled', undefined, options); }
  async isEnabled(options) { return !(await this.isDisabled(options)); }
  isChecked(options) { return this.one('checked', undefined, options); }
  boundingBox(options) { return this.one('box', undefined, options); }
}

/** A tab. Events: `pageerror`, `console`, `request`. */
export class Page extends Place {
  constructor(context, driver) {
    super(null, []);
    Object.assign(this, { home: this, driver, owner: context, emitter: new EventEmitter(), closed: false });
    this.keyboard = {
      type: (text) => this.act(null, typeActions(text)),
      press: (keys) => this.act(null, pressActions(keys)),
      down: (key) => this.act(null, keyActions('keyDown', key), { keep: true }),
      up: (key) => this.act(null, keyActions('keyUp', key)),
    };
    this.mouse = new Mouse(this);
    driver.tell = (name, value) => this.emitter.emit(name, value);
  }
  on(name, hear) {
    if (name === 'request' && !this.driver.hearsRequests) cannot('tell of requests');
    this.emitter.on(name, hear);
    return this;
  }
  /** `frames` null: where the focus is, whichever frame that may be. */
  act(frames, actions, options) { return this.driver.act(frames ?? [], actions, options); }
  context() { return this.owner; }
  url() { return this.driver.address; }
  goto(url) { return this.driver.goto(url); }
  async reload() { await this.driver.reload(); }
  addInitScript(fn, arg) { return this.driver.addInitScript(typeof fn === 'string' ? fn : `(${fn})(${JSON.stringify(arg)})`); }
  bringToFront() { return this.driver.bringToFront(); }
  screenshot({ path }) { return this.driver.screenshot().then((bytes) => writeFileSync(path, bytes)); }
  setViewportSize(size) { return this.driver.setViewport(size); }
  emulateMedia() { return cannot('change the system’s colours while it runs'); }
  route() { return cannot('break single requests'); }
  get clock() { return cannot('let time pass'); }
  async waitForEvent(name, { timeout = PATIENCE } = {}) {
    if (name === 'download') return this.driver.download(timeout);
    return cannot(`wait for ${name}`);
  }
  waitForFunction(fn, arg, { timeout = PATIENCE } = {}) {
    return eventually(async () => Boolean(await this.evaluate(fn, arg)), { timeout });
  }
  addScriptTag({ url, type = '', content }) {
    return this.evaluate(([src, kind, text]) => new Promise((done, failed) => {
      const tag = Object.assign(document.createElement('script'), { type: kind });
      if (src) tag.src = src;
      else tag.textContent = text;
      Object.assign(tag, { onload: () => done(), onerror: () => failed(new Error(`cannot load ${src}`)) });
      document.head.append(tag);
      if (!src) done();
    }), [url, type, content]);
  }
  isClosed() { return this.closed; }
  /** Faults that the page wrote down itself, where the driver hears of none. */
  async gather() {
    if (!this.closed) await this.driver.gather?.();
  }
  async close() {
    if (this.closed) return;
    await this.gather().catch(() => {});
    this.closed = true;
    await this.driver.close();
  }
}

class Mouse {
  constructor(page) { Object.assign(this, { page, frames: [], at: { x: 0, y: 0 } }); }
  async over(frames, at) {
    Object.assign(this, { frames, at });
    await this.page.act(frames, clickActions(at).map((one) => ({ ...one, actions: one.actions.slice(0, 1) })));
  }
  move(x, y) { return this.over([], { x, y }); }
  click(x, y) { return this.page.act([], clickActions({ x, y })); }
  async wheel(x, y) {
    await this.page.act(this.frames, wheelActions(this.at, x, y));
    // The scroll that follows is the next frame's work.
    await this.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 500); }));
  }
}

/** A browser profile with its options; made by the browser of an engine. */
export class Context {
  constructor(options, open, shut) { Object.assign(this, { options, open, shut, tabs: [] }); }
  async newPage() {
    const page = new Page(this, await this.open());
    this.tabs.push(page);
    return page;
  }
  pages() { return this.tabs.filter((page) => !page.closed); }
  setDefaultTimeout() {}
  setDefaultNavigationTimeout() {}
  newCDPSession() { return cannot('speak the DevTools protocol'); }
  grantPermissions() { return cannot('grant a permission while it runs'); }
  async close() {
    for (const page of this.tabs) await page.close().catch(() => {});
    await this.shut();
  }
}
