// One person in front of one browser page: what they do and see, in words of the product.
import assert from 'node:assert/strict';
import { eventually, eventuallyEqual } from './wait.mjs';

export const eventNames = [
  'typing_started', 'message_sent', 'message_received', 'message_read', 'chat_loaded', 'user_connected',
  'user_disconnected', 'force_disconnect', 'access_token_is_about_to_expire', 'access_token_expired',
  'incoming_call', 'call_dial_answered', 'call_dial_declined', 'call_dial_stopped', 'call_started', 'call_ended',
];

/** Runs in the page: keeps events and rejections in a form that survives the way to the test. */
function installRecorder(names) {
  const plain = (value, depth = 0) => {
    if (value instanceof Date) return { $date: value.toISOString() };
    if (value === undefined) return { $undefined: true };
    if (value instanceof Error) return { $error: value.name, message: value.message, ...plain({ ...value }, depth + 1) };
    if (typeof value === 'function') return { $function: true };
    if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
    if (value && typeof value === 'object' && depth < 6) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
    }
    return value;
  };
  window.e2e = {
    plain,
    events: [],
    record(client) {
      for (const name of names) client.on(name, (payload) => this.events.push({ name, payload: plain(payload) }));
      return client;
    },
    async create(options) {
      const { provider, formatter, ...rest } = options;
      if (provider) rest.userDetailsProvider = window.e2eProviders[provider];
      if (formatter) rest.userDetailsFormatter = window.e2eFormatters[formatter];
      if (typeof rest.container === 'string') rest.container = document.querySelector(rest.container);
      if (typeof rest.iframe === 'string') rest.iframe = document.querySelector(rest.iframe);
      window.client = this.record(await window.BandyerChat.create(rest));
    },
    /** Calls a method and tells how it ended: threw at once, resolved, rejected, or returned a plain value. */
    async call(name, args) {
      let returned;
      try {
        returned = window.BandyerChat[name](...args);
      } catch (error) {
        return { threw: plain(error), isError: error instanceof Error };
      }
      if (!(returned && typeof returned.then === 'function')) return { returned: plain(returned) };
      try {
        return { resolved: plain(await returned) };
      } catch (error) {
        return { rejected: plain(error), isError: error instanceof Error };
      }
    },
  };
}

export class User {
  constructor(alias, page, { server, token }) {
    Object.assign(this, { alias, page, server, token, faults: [] });
    page.on('pageerror', (error) => this.faults.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(`console: ${message.text()}`);
    });
    page.on('crash', () => this.faults.push('page crashed'));
  }

  static async prepare(page) {
    await page.addInitScript(installRecorder, eventNames);
  }

  // ---- the host page's side

  async goto(url) {
    await this.page.goto(url, { waitUntil: 'load' });
  }

  /** Calls `BandyerChat.create`; options that are functions are named, see `window.e2eProviders`. */
  async create(options = {}) {
    await this.page.evaluate((given) => window.e2e.create(given), {
      accessToken: this.token, environment: 'sandbox', ...options,
    });
    return this;
  }

  call(name, ...args) {
    return this.page.evaluate(([method, given]) => window.e2e.call(method, given), [name, args]);
  }

  /** For methods that must succeed: the value, awaited if it was a promise. */
  async ask(name, ...args) {
    const answer = await this.call(name, ...args);
    const key = 'resolved' in answer ? 'resolved' : 'returned';
    assert.ok(key in answer, `${name}(${JSON.stringify(args)}) failed: ${JSON.stringify(answer)}`);
    return answer[key];
  }

  async events(name) {
    const all = await this.page.evaluate(() => window.e2e.events);
    return name ? all.filter((event) => event.name === name).map((event) => event.payload) : all;
  }

  forgetEvents() {
    return this.page.evaluate(() => { window.e2e.events.length = 0; });
  }

  /** Waits for an event that `fits`, and returns its payload. */
  event(name, fits = () => true, options) {
    return eventually(async () => {
      const seen = await this.events(name);
      const found = seen.find(fits);
      assert.ok(found, `no fitting ${name} among ${JSON.stringify(seen)}`);
      return found;
    }, options);
  }

  // ---- what is on the screen

  get(testId) { return this.ui().getByTestId(testId); }
  /** The frame when the widget lives in one, else the page. */
  ui() { return this.frame ?? this.page; }
  get launcher() { return this.get('launcher'); }
  get panel() { return this.get('panel'); }
  get composer() { return this.get('composer'); }
  get search() { return this.get('chat-search'); }
  /** The list stays below a conversation, so there may be two. */
  get networkBar() { return this.get('network-bar').locator('visible=true').last(); }
  row(other) { return this.ui().locator(`[data-testid="chat-row"][data-alias="${other}"]`); }
  message(text) { return this.get('message').filter({ has: this.ui().getByTestId('message-text').getByText(text, { exact: true }) }); }

  async openPanel() {
    if (!(await this.panel.isVisible())) await this.launcher.click();
    await this.panel.waitFor();
  }

  async closePanel() {
    if (await this.panel.isVisible()) await this.launcher.click();
    await this.panel.waitFor({ state: 'hidden' });
  }

  async openChat(other) {
    await this.openPanel();
    if (await this.get('conversation').isVisible()) await this.backToList();
    await this.row(other).click();
    await this.composer.waitFor();
  }

  async backToList() {
    await this.get('back').click();
    await this.get('chat-list').waitFor();
  }

  async type(text) {
    await this.composer.click();
    await this.page.keyboard.type(text);
  }

  async send(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The messages the page holds right now, as a reader sees them; a long thread holds only those near the view. */
  messages() {
    return this.ui().locator('[data-testid="message"]').evaluateAll((found) => found.map((node) => ({
      text: node.querySelector('[data-testid="message-text"]')?.textContent
        ?? node.querySelector('[data-testid="file-name"]')?.textContent ?? null,
      mine: node.dataset.mine === 'true',
      state: node.dataset.state ?? null,
      seq: node.dataset.seq === undefined ? null : Number(node.dataset.seq),
    })));
  }

  async texts() { return (await this.messages()).map((message) => message.text); }

  sees(texts, options) { return eventuallyEqual(() => this.texts(), texts, options); }

  /** Waits until the message reads as given: `sent`, `read`, `pending`, … */
  async state(text, state, options) {
    await eventually(async () => {
      const found = (await this.messages()).filter((message) => message.text === text);
      assert.deepEqual(found.map((message) => message.state), [state], `state of “${text}”`);
    }, options);
  }

  async badge() {
    const badge = this.get('launcher-badge');
    return (await badge.isVisible()) ? (await badge.textContent()).trim() : '';
  }

  async rows() {
    return this.get('chat-row').evaluateAll((found) => found.map((row) => {
      const text = (id) => row.querySelector(`[data-testid="${id}"]`)?.textContent.trim() ?? '';
      return {
        alias: row.dataset.alias, name: text('row-name'), last: text('row-last'), time: text('row-time'),
        unread: text('row-unread'), online: Boolean(row.querySelector('[data-testid="presence-dot"]')),
      };
    }));
  }

  async aliases() { return (await this.rows()).map((row) => row.alias); }

  /** Fails on script errors of the page; `except` names console lines a test provokes on purpose. */
  assertNoFaults(except = []) {
    const left = this.faults.filter((fault) => !except.some((known) => known.test(fault)));
    assert.deepEqual(left, [], `the page of ${this.alias} reported errors`);
  }
}
