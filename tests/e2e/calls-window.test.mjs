// Calls in a window of their own: it has the call, whatever becomes of the page that called. What the other side sees and
// hears tells where the call is.
import assert from 'node:assert/strict';
import { callers, makeRoom, person, setUpCalls } from './support/calls.mjs';
import { fakeDevices, installMediaProbe } from './support/media.mjs';
import { hostPage } from './support/stage.mjs';
import { User } from './support/user.mjs';
import { eventually } from './support/wait.mjs';

/** Whatever is another site's in a page has no cookies, and storage of its own. */
const firstArgs = [...fakeDevices('first'), '--test-third-party-cookie-phaseout'];
const { scene } = setUpCalls('calls-window', { firstArgs });

const options = { mode: 'window' };
const CALL = '/connect/call/call-from-widget/true';

/** Two people, of whom the first has calls in a window; every page of hers tells of its media. */
async function two(stage, { first = {}, second = {} } = {}) {
  const [alice, bob] = await callers(stage, { second, first: { ...first, options: { ...options, ...first.options } } });
  await alice.page.context().addInitScript(installMediaProbe);
  return [alice, bob];
}

/** The window that `act` opens, as somebody whose widget it is. */
async function opens(stage, user, act) {
  const [page] = await Promise.all([user.page.context().waitForEvent('page'), act()]);
  const own = new User(user.alias, page, { server: stage.server });
  stage.users.push(own);
  return own;
}

const stands = (user, window) => user.ui().locator(`[data-testid="call-window"][data-window="${window}"]`).waitFor();
const goes = (own) => eventually(() => assert.ok(own.page.isClosed(), 'the window is still there'));

/** The call is in the window, and nothing of it in the page. */
async function talks(alice, own, bob) {
  await Promise.all([own.inCall(), bob.inCall()]);
  await Promise.all([own.seesCard('second'), bob.seesCard('first'), own.hears('second'), bob.hears('first')]);
  if (!alice.page.isClosed()) assert.deepEqual(await alice.probe('live'), [], 'a device is open in the page');
}

/** Alice calls from her page, bob accepts. */
async function calls(stage, alice, bob) {
  let call;
  const own = await opens(stage, alice, async () => { call = await alice.createsCall(bob); });
  await bob.rings();
  await bob.accepts();
  await stands(alice, 'there');
  await talks(alice, own, bob);
  return { own, call };
}

scene('who calls: the window has the call, the page tells of it and hangs up', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own, call } = await calls(stage, alice, bob);
  assert.equal(new URL(own.page.url()).pathname, CALL);
  assert.equal(new URL(own.page.url()).hash, '', 'nothing stands in the address');
  assert.equal(await alice.callStatus(), 'connected');
  await alice.hangsUpByButton();
  await Promise.all([goes(own), bob.notInCall(), bob.leftNothing()]);
  assert.equal(await alice.callStatus(), 'ended');
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', alice.alias]];
  await Promise.all([alice.told(call, 'outgoing', events), bob.told(call, 'incoming', events)]);
});

scene('who is called: the window opens with the answer; the other one hangs up', async (stage) => {
  const [alice, bob] = await two(stage);
  const call = await bob.createsCall(alice);
  await alice.rings();
  const own = await opens(stage, alice, () => alice.accepts());
  await talks(alice, own, bob);
  await stands(alice, 'there');
  await bob.hangsUpByButton();
  await Promise.all([goes(own), alice.get('call-window').waitFor({ state: 'hidden' })]);
  const events = [['incoming_call'], ['call_dial_answered', alice.alias], ['call_started'], ['call_ended', bob.alias]];
  await Promise.all([alice.told(call, 'incoming', events), bob.told(call, 'outgoing', events)]);
});

scene('a call that nobody takes, and one that is declined, take their window along', async (stage) => {
  const [alice, bob] = await two(stage);
  let own = await opens(stage, alice, () => alice.createsCall(bob));
  await bob.rings();
  await own.inCall();
  await alice.get('dial-stop').click();
  await Promise.all([goes(own), bob.notDialing(), alice.notDialing()]);
  await alice.forgetEvents();
  let call;
  own = await opens(stage, alice, async () => { call = await alice.createsCall(bob); });
  await bob.rings();
  await bob.declines();
  await Promise.all([goes(own), alice.notDialing()]);
  await alice.told(call, 'outgoing', [['incoming_call'], ['call_dial_declined', bob.alias, 'none']]);
});

scene('a page that is loaded anew shows the call again, and can end it', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own } = await calls(stage, alice, bob);
  await alice.page.reload();
  await bob.flows(3);
  await alice.create(options);
  await stands(alice, 'there');
  await talks(alice, own, bob);
  await alice.hangsUpByButton();
  await Promise.all([goes(own), bob.notInCall(), alice.event('call_ended')]);
});

scene('a page that is left for another, or closed, ends nothing', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own } = await calls(stage, alice, bob);
  await alice.goto(stage.host.add('<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">'));
  await bob.flows(3);
  await alice.page.close();
  await bob.flows(3);
  await talks(alice, own, bob);
  await own.hangsUpByButton();
  await Promise.all([goes(own), bob.notInCall()]);
});

scene('a window that is loaded anew is back in the call', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own } = await calls(stage, alice, bob);
  own.page.on('dialog', (dialog) => dialog.accept());
  for (const turn of ['once', 'twice']) {
    await own.page.reload({ waitUntil: 'load' });
    const loaded = performance.now();
    await own.inCall();
    const took = performance.now() - loaded;
    await talks(alice, own, bob);
    await stands(alice, 'there');
    assert.ok(took < 15_000, `${turn}: back after ${took} ms`);
  }
});

scene('a window that is closed hangs up', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own, call } = await calls(stage, alice, bob);
  await own.page.close();
  await Promise.all([bob.notInCall(), alice.get('call-window').waitFor({ state: 'hidden' })]);
  const events = [['incoming_call'], ['call_dial_answered', bob.alias], ['call_started'], ['call_ended', alice.alias]];
  await alice.told(call, 'outgoing', events);
});

scene('a window that is closed hangs up, with nobody there to see it', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own } = await calls(stage, alice, bob);
  await alice.page.close();
  await own.page.close();
  await bob.event('call_ended', ({ executor }) => executor === alice.alias, { timeout: 40_000 });
});

scene('a host page that cuts its windows off', async (stage) => {
  const headers = { 'cross-origin-opener-policy': 'same-origin' };
  const [alice, bob] = await two(stage, { first: { headers } });
  const { own } = await calls(stage, alice, bob);
  assert.equal(await own.page.evaluate(() => window.opener), null);
  await alice.page.reload();
  await bob.flows(2);
  await alice.create(options);
  await stands(alice, 'there');
  // It cannot be brought to front from there: another one takes the call over.
  const again = await opens(stage, alice, () => alice.get('call-window-focus').click());
  await goes(own);
  await talks(alice, again, bob);
  await alice.hangsUpByButton();
  await Promise.all([goes(again), bob.notInCall()]);
});

/** What a page of a stranger can do: it has an account, in a call, and leaves a hand-over of it under a code. */
async function plants(stage, { token, call, code }) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ call, code, handover: { language: 'en', users: [], waits: false } });
  const { status } = await fetch(`${stage.server.origin}/client/call-window`, { method: 'POST', headers, body });
  assert.equal(status, 200);
}

scene('what a page of a stranger leaves opens no device before a click', async (stage) => {
  const [mallory, bob] = await two(stage, { first: { options: { mode: 'popup' } } });
  const { callAlias: call } = await mallory.createsCall(bob);
  await bob.rings();
  await bob.accepts();
  await Promise.all([mallory.inCall(), bob.inCall()]);
  const code = 'abcdef0123456789'.repeat(2);
  await plants(stage, { token: mallory.token, call, code });
  const html = `<!doctype html><title>Stranger</title><link rel="icon" href="data:,"><a href="${stage.server.origin}${CALL}#${code}">Cats</a>`;
  const page = await (await stage.context({ permissions: ['camera', 'microphone'] })).newPage();
  await page.addInitScript(installMediaProbe);
  await page.goto(stage.host.add(html).replace('127.0.0.1', 'stranger.localhost'));
  await page.getByText('Cats').click();
  const victim = new User('victim', page, { server: stage.server });
  for (const turn of ['at first', 'loaded anew']) {
    await page.getByRole('button', { name: 'Join the call' }).waitFor();
    await page.getByText(`You join as ${mallory.alias}.`).waitFor();
    assert.deepEqual(await victim.probe('live'), [], turn);
    if (turn === 'at first') await page.reload();
  }
  await page.getByRole('button', { name: 'Join the call' }).click();
  await Promise.all([victim.inCall(), victim.hears('second')]);
});

scene('a window that cannot enter keeps its call, and tries again', async (stage) => {
  const [alice, bob] = await two(stage);
  const { own } = await calls(stage, alice, bob);
  own.page.on('dialog', (dialog) => dialog.accept());
  // What it fails with is said in the console.
  stage.expectedFaults = [/wasm|fetch|load|net::/i];
  await own.page.route('**/*.wasm', (route) => route.abort());
  await own.page.reload();
  const again = own.page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await own.page.unroute('**/*.wasm');
  await again.click();
  await talks(alice, own, bob);
});

scene('a widget in a frame, of another site than the page', async (stage) => {
  const url = stage.host.add(hostPage(stage.server.origin)).replace('127.0.0.1', 'localhost');
  const [alice, bob] = await two(stage, { first: { url, options: { iframe: true } } });
  await alice.openChat(bob.alias);
  const own = await opens(stage, alice, () => alice.get('header-call-video').click());
  await bob.rings();
  await bob.accepts();
  await talks(alice, own, bob);
  await stands(alice, 'there');
  await alice.page.reload();
  await alice.create({ ...options, iframe: true });
  await stands(alice, 'there');
  await talks(alice, own, bob);
  await alice.hangsUpByButton();
  await Promise.all([goes(own), bob.notInCall()]);
});

scene('a second tab sees the call, and ends it', async (stage) => {
  const [alice, bob] = await two(stage);
  const tab = await person(stage, alice.alias, { context: alice.page.context(), token: alice.token, options });
  await bob.createsCall(alice);
  await Promise.all([alice.rings(), tab.rings()]);
  const own = await opens(stage, alice, () => alice.accepts());
  await talks(alice, own, bob);
  await tab.notDialing();
  await tab.openPanel();
  await stands(tab, 'there');
  const told = (await tab.events()).filter(({ name }) => /call/.test(name)).map(({ name, payload }) => [name, payload.reason ?? '']);
  assert.deepEqual(told, [['incoming_call', ''], ['call_dial_stopped', 'answered_on_another_device']]);
  await tab.hangsUpByButton();
  await Promise.all([goes(own), bob.notInCall(), alice.event('call_ended')]);
});

/** Runs in the page: as a browser that opens nothing, until `window.lets`. */
function blocks() {
  const native = window.open;
  window.open = function open(...args) { return window.lets ? native.apply(window, args) : null; };
}

scene('a blocked window is said, and the button opens it; the call rings on meanwhile', async (stage) => {
  const [alice, bob] = await two(stage, { first: { init: blocks } });
  await alice.createsCall(bob);
  await bob.rings();
  await stands(alice, 'blocked');
  await bob.accepts();
  await bob.inCall();
  await stands(alice, 'blocked');
  await alice.page.evaluate(() => { window.lets = true; });
  const own = await opens(stage, alice, () => alice.get('call-window-open').click());
  await talks(alice, own, bob);
  await stands(alice, 'there');
});

scene('a blocked window, and the call goes on in the page', async (stage) => {
  const [alice, bob] = await two(stage, { first: { init: blocks } });
  for (const early of [true, false]) {
    await alice.createsCall(bob);
    await stands(alice, 'blocked');
    if (early) await alice.get('call-window-here').click();
    await bob.rings();
    await bob.accepts();
    await bob.inCall();
    if (!early) await alice.get('call-window-here').click();
    await Promise.all([alice.inCall(), alice.seesCard('second'), bob.seesCard('first'), alice.hears('second'), bob.hears('first')]);
    await alice.hangsUpByButton();
    await Promise.all([alice.leftNothing(), bob.leftNothing()]);
  }
});

scene('a frame whose sandbox lets no window out is told the missing word', async (stage) => {
  stage.expectedFaults = [/sandbox/i];
  const inner = stage.host.add(hostPage(stage.server.origin));
  const html = `<!doctype html><title>Around</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts allow-same-origin" allow="camera; microphone" src="${inner}" style="width: 800px; height: 700px"></iframe>`;
  const [alias, bob] = await Promise.all([stage.alias('alice', { role: 'plus' }), stage.alias('bob', { role: 'plus' })]);
  await stage.server.addChat(alias, bob);
  const alice = await stage.visitor(alias, { html, contextOptions: { permissions: ['camera', 'microphone'] } });
  alice.frame = alice.page.frameLocator('iframe');
  const home = alice.page.frames().find((frame) => frame.url() === inner);
  await home.evaluate((given) => window.e2e.create(given), { accessToken: alice.token, environment: 'sandbox', ...options });
  await alice.openChat(bob);
  await alice.get('header-call-audio').click();
  await stands(alice, 'sandboxed');
  await alice.get('call-window').getByText('allow-popups').waitFor();
});

scene('by a link, with names and language as the page has them', async (stage) => {
  const [alice, bob] = await two(stage, { first: { options: { language: 'it' } } });
  const { links } = await makeRoom(stage, [alice.alias, bob.alias]);
  const own = await opens(stage, alice, () => alice.joins(links[alice.alias]));
  await own.get('call-waiting').waitFor();
  assert.equal(await own.page.evaluate(() => document.documentElement.lang), 'it');
  await bob.joins(links[bob.alias]);
  await talks(alice, own, bob);
});

scene('on a phone the call stays in the page', async (stage) => {
  const contextOptions = { viewport: { width: 390, height: 780 }, screen: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
  const [alice, bob] = await two(stage, { first: { contextOptions } });
  await alice.createsCall(bob);
  await bob.rings();
  await bob.accepts();
  await Promise.all([alice.inCall(), bob.seesCard('first'), alice.seesCard('second')]);
  assert.equal(alice.page.context().pages().length, 1);
});
