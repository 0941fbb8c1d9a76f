// Two people in two browsers with cameras and microphones of their own, and what they do in calls.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { cards, distance, fakeDevices, installMediaProbe, pitches } from './media.mjs';
import { launchBrowser, setUp } from './stage.mjs';
import { User } from './user.mjs';
import { eventually } from './wait.mjs';

/** Like `setUp`, with a browser for each of the two; `launchSecond` makes another one than the engine's. */
export function setUpCalls(area, { serverFlags = [], firstArgs, secondArgs, launchSecond } = {}) {
  const made = setUp(area, { serverFlags, browserArgs: firstArgs ?? fakeDevices('first') });
  before(async () => {
    made.shared.other = await (launchSecond?.() ?? launchBrowser(secondArgs ?? fakeDevices('second')));
  });
  after(() => made.shared.other?.close());
  return made;
}

/** Two people who may call each other, each in a browser of their own: the first one sends the first card. */
export async function callers(stage, { first = {}, second = {} } = {}) {
  const fields = { role: 'plus' };
  const [alice, bob] = await Promise.all([stage.alias('alice', fields), stage.alias('bob', fields)]);
  await stage.server.addChat(alice, bob);
  return Promise.all([
    person(stage, alice, first),
    person(stage, bob, { ...second, contextOptions: { browser: stage.other, ...second.contextOptions } }),
  ]);
}

/** Somebody with a media probe in the page. */
export async function person(stage, alias, where = {}) {
  const contextOptions = { permissions: ['camera', 'microphone'], ...where.contextOptions };
  const user = await stage.user(alias, { ...where, contextOptions, init: [installMediaProbe, where.init ?? []].flat() });
  if (where.options?.iframe) user.frame = user.page.frameLocator('iframe[src*="/embed"]');
  return user;
}

/** A room that the host site makes for these users, and the link of each. */
export async function makeRoom(stage, users, more = {}) {
  const { room } = await stage.server.rest('POST', '/rest/room/create', { participants: users, ...more });
  return { id: room.room_id, links: Object.fromEntries(room.user_urls.map(({ user, url }) => [user, url])) };
}

/** Runs in another tab. `tabLevels(pitches)`: how far each of these pitches stands above the middle now, in dB. */
async function listenToTab() {
  document.title = 'The listener';
  const { stream, context } = { stream: await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true }), context: new AudioContext() };
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
  window.tabLevels = (pitches) => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const width = context.sampleRate / analyser.fftSize;
    const middle = [...bins].sort((a, b) => a - b)[bins.length >> 1];
    const level = (hz) => Math.max(...bins.slice(Math.floor(hz / width) - 3, Math.floor(hz / width) + 5)) - middle;
    return Object.fromEntries(Object.entries(pitches).map(([name, hz]) => [name, level(hz)]));
  };
}

/**
 * Runs in the page, before anything else: as long as `timeStands`, no time-out is carried out; those that were due
 * meanwhile are, once `letTimePass()` is called.
 */
export function holdTime() {
  const [set, clear] = [window.setTimeout, window.clearTimeout];
  const late = new Map();
  window.timeStands = false;
  window.setTimeout = (run, ms, ...args) => {
    const id = set(() => (window.timeStands ? late.set(id, () => run(...args)) : run(...args)), ms);
    return id;
  };
  window.clearTimeout = (id) => {
    late.delete(id);
    clear(id);
  };
  window.letTimePass = () => {
    window.timeStands = false;
    for (const [id, run] of [...late]) if (late.delete(id)) run();
  };
}

const isCall = ({ name }) => /call/.test(name);
/** The way to the test gives `undefined` a form; what is not there is not there. */
const bare = (value) => JSON.parse(JSON.stringify(value, (_, item) => (item?.$undefined ? undefined : item)));

Object.assign(User.prototype, {
  /** Asks the media probe of the page that the widget lives in. */
  probe(name, ...args) {
    const home = this.frame ?? this.page;
    return home.locator('html').evaluate((_, [method, given]) => window.mediaProbe[method](...given), [name, args]);
  },

  async createsCall(other, options = {}) {
    return this.page.evaluate(async ([alias, given]) => {
      window.call = await window.BandyerChat.createCall([alias], given);
      return window.e2e.plain({ ...window.call, hangUp: undefined });
    }, [other.alias ?? other, options]);
  },
  /** Enters by a link, as `createsCall`. */
  async joins(link) {
    return this.page.evaluate(async (url) => {
      window.call = await window.BandyerChat.joinCallURL(url);
      return window.e2e.plain({ ...window.call, hangUp: undefined });
    }, link);
  },
  callStatus() { return this.page.evaluate(() => window.call.callStatus); },
  hangsUpByButton() { return this.get('call-hang-up').click(); },
  hangsUp() { return this.page.evaluate(() => window.call.hangUp()); },

  /** How a call of the host page fails: the plain value that the promise rejects with. */
  async isRefused(name, ...args) {
    const answer = await this.call(name, ...args);
    assert.ok('rejected' in answer, `${name} did not reject: ${JSON.stringify(answer)}`);
    return answer.rejected;
  },

  /** The view that says why a call did not come about, or broke. */
  failure(code) { return this.ui().locator(`[data-testid="call-failure"][data-code="${code}"]`).waitFor(); },

  /** Calls with a button above the conversation. */
  async callsByButton(other, kind = 'video') {
    await this.openChat(other.alias);
    await this.get(`header-call-${kind}`).click();
  },

  rings() { return this.ui().locator('[data-testid="dial-view"][data-ring="incoming"]').waitFor(); },
  notDialing() { return this.get('dial-view').waitFor({ state: 'hidden' }); },

  /** Exactly these events of calls were told, each as `[name, executor, reason]`, with exactly these payloads. */
  async told(call, direction, events) {
    const { callAlias, callParticipants, callOptions } = call;
    const shared = { callAlias, callDirection: direction, callParticipants, callOptions };
    const expected = events.map(([name, executor, reason]) => ({ name, payload: { event: name, ...shared, executor, reason } }));
    await eventually(async () => assert.deepEqual(bare((await this.events()).filter(isCall)), bare(expected)), { timeout: 40_000 });
  },

  accepts() { return this.get('dial-accept').click(); },
  declines() { return this.get('dial-decline').click(); },

  inCall() { return this.get('call-view').waitFor(); },
  async notInCall() {
    await this.get('call-view').waitFor({ state: 'hidden' });
    await this.get('dial-view').waitFor({ state: 'hidden' });
  },

  /** The camera's picture of the other side has arrived; `line` 2 is the screen. */
  seesCard(name, line = 1) {
    return eventually(async () => {
      const seen = await this.probe('picture', line);
      assert.ok(seen, 'no picture arrives');
      const apart = seen.map((colour, index) => distance(colour, cards[name][index]));
      assert.ok(Math.max(...apart) < 40, `not the ${name} card but ${JSON.stringify(seen)}`);
    }, { timeout: 40_000 });
  },

  /** For so long, new pictures arrive all the time. A busy machine may make one wait, a lost way makes it wait longer. */
  async flows(seconds) {
    const end = performance.now() + seconds * 1000;
    do {
      const before = await this.probe('frames');
      await eventually(async () => assert.ok((await this.probe('frames')) > before, 'the picture stands still'), { timeout: 10_000, every: 100 });
    } while (performance.now() < end);
  },

  hears(name) {
    return eventually(async () => {
      const sound = await this.probe('sound');
      assert.ok(sound && Math.abs(sound.hz - pitches[name]) < 25, `not ${pitches[name]} Hz but ${JSON.stringify(sound)}`);
      assert.ok(sound.above > 15, `drowned: ${JSON.stringify(sound)}`);
    }, { timeout: 40_000 });
  },

  /**
   * What comes out of the loudspeaker: exactly these pitches. Another tab listens, for which the browser is `audible`
   * and selects the page of the user by its title when a tab is to be captured.
   */
  async playsExactly(...names) {
    if (!this.listener) {
      this.listener = await this.page.context().newPage();
      await this.listener.goto(this.page.url());
      await this.listener.evaluate(listenToTab);
      await this.page.bringToFront();
    }
    await eventually(async () => {
      const levels = await this.listener.evaluate((all) => window.tabLevels(all), pitches);
      const heard = Object.keys(levels).filter((name) => levels[name] > 40);
      assert.deepEqual(heard.sort(), names.toSorted(), JSON.stringify(levels));
    }, { timeout: 40_000 });
  },

  hearsNothing() {
    return eventually(async () => {
      const sound = await this.probe('sound');
      assert.ok(sound && !(sound.db > -100), `not silent: ${JSON.stringify(sound)}`);
    }, { timeout: 40_000 });
  },

  /** The two browsers have reached each other: the clock of the call runs. Only such a call is asked about afterwards. */
  comesAbout() { return this.ui().getByTestId('call-clock').filter({ hasText: /\d/ }).waitFor({ state: 'attached', timeout: 40_000 }); },

  /** Neither a device is open nor a connection. */
  leftNothing() {
    return eventually(async () => {
      assert.deepEqual(await this.probe('live'), [], 'a device is still open');
      assert.equal(await this.probe('open'), 0, 'a connection is still open');
    });
  },
});

/** The first calls the second, who accepts; both are in. */
export async function connect(first, second, options) {
  const call = await first.createsCall(second, options);
  await second.accepts();
  await Promise.all([first.inCall(), second.inCall()]);
  await Promise.all([first.event('call_started'), second.event('call_started')]);
  return call;
}
