// create() and logout(): the order of the checks, what becomes of the options, and who holds the one place there is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { good, livePage, newPage, outcome, turn } from './support/page.mjs';

/** Every option wrong, in the order in which they are found out, each with its correction. */
const ORDER = [
  ['userAlias', undefined, 'alice'],
  ['accessToken', undefined, 'jwt', 'authenticate'],
  ['environment', 0, 'sandbox'],
  ['hidden', 'yes', true],
  ['record', 1, true],
  ['screenSharingExtensionId', 1, 'id'],
  ['layout', 'x', {}],
  ['callType', 1, 'audio_only'],
  ['mode', 1, 'window'],
  ['language', 1, 'en'],
  ['userDetailsProvider', {}, async () => []],
  ['userDetailsFormatter', 'x', () => ''],
  ['screenSharingExtensionURL', 1, 'https://x.example'],
  ['chat', 'yes', true],
  ['tools', true, { chat: true }],
  ['virtualBackground', true, 'blur'],
  ['recordingType', 'none', 'manual'],
  ['isAdmin', 'yes', true],
  ['feedback', 1, true],
  ['serverUrl', 5, 'https://chat.example.com'],
  ['container', 'div', undefined],
  ['iframe', 'yes', undefined],
];

const refusal = async (page, config) => (await outcome(() => page.api.create(config))).threw;

test('nothing at all is refused first', async () => {
  const page = newPage();
  for (const nothing of [undefined, null, 0, '', false]) {
    const threw = await refusal(page, nothing);
    assert.equal(threw?.name, 'InvalidConfigError');
    assert.match(threw.message, /empty/);
  }
});

test('create takes one argument', async () => {
  for (const args of [[], [good, good]]) {
    assert.match((await outcome(() => newPage().api.create(...args))).threw?.message, /^Missing arguments: \(/);
  }
});

test('a create that fails says why, also when the widget takes itself away first', async () => {
  const page = newPage();
  page.answers.create = () => {
    page.widgets[0].onEvent('bandyer:unmounted');
    return Promise.reject(Object.assign(new Error('refused'), { name: 'SocketConnectionError' }));
  };
  assert.equal((await outcome(() => page.api.create(good))).rejected?.name, 'SocketConnectionError');
  assert.equal(page.widgets[0].closed, 1);
});

test('options are checked in the order of 1.45.0, and the first that is wrong wins', async () => {
  const page = newPage();
  const config = Object.fromEntries(ORDER.map(([name, wrong]) => [name, wrong]));
  for (const [name, , right, message] of ORDER) {
    const threw = await refusal(page, config);
    assert.equal(threw?.name, 'InvalidConfigError', name);
    assert.ok(threw.message.includes(message ?? name), `expected ${name} to be refused, not: ${threw.message}`);
    config[name] = right;
  }
  assert.ok((await outcome(() => page.api.create(config))).value);
});

test('each option alone is refused when it is of the wrong type, and let through when it is falsy', async () => {
  for (const [name, wrong] of ORDER.slice(3)) {
    const page = newPage();
    assert.equal((await refusal(page, { ...good, [name]: wrong }))?.name, 'InvalidConfigError', name);
    for (const nothing of [0, '', null, undefined, false]) {
      assert.equal(await refusal(page, { ...good, [name]: nothing }), undefined, `${name}: ${String(nothing)}`);
      await page.api.logout();
    }
  }
});

test('userAlias with appId is the old way in; either alone is not enough', async () => {
  const page = newPage();
  assert.match((await refusal(page, { userAlias: 'a', environment: 'sandbox' })).message, /authenticate/);
  assert.match((await refusal(page, { appId: 'a', environment: 'sandbox' })).message, /userAlias/);
  assert.equal(await refusal(page, { userAlias: 'a', appId: 'b', environment: 'sandbox' }), undefined);
  assert.equal((await refusal(newPage(), { ...good, environment: {} }))?.name, 'InvalidConfigError');
});

test('options arrive complete, as copies', async () => {
  const layout = { body: { color: 'red', run: () => 'x' } };
  const { widget } = await livePage({ environment: 'SandBox', layout, callType: 'nonsense', mode: 'x', hidden: 0, appId: 'app' });
  layout.body.color = 'blue';
  const { options } = widget;
  assert.deepEqual([options.environment, options.callType, options.mode, options.hidden], ['sandbox', 'audio_video', 'embed', false]);
  assert.deepEqual([options.recordingType, options.chat, options.accessToken, options.appId], ['automatic', true, 'jwt', 'app']);
  assert.equal(JSON.stringify(options.layout), '{"body":{"color":"red"}}');
  const circle = {};
  circle.circle = circle;
  assert.match((await refusal(newPage(), { ...good, layout: circle })).message, /layout/);
});

test('tools, where given, decides over chat', async () => {
  const rows = [
    [{}, true], [{ chat: false }, false], [{ chat: true }, true], [{ chat: null }, true], [{ chat: 0 }, false],
    [{ chat: false, tools: { chat: true } }, true], [{ chat: true, tools: {} }, false], [{ tools: { chat: 1 } }, true], [{ tools: null }, true],
  ];
  for (const [config, on] of rows) assert.equal((await livePage(config)).widget.options.chat, on, JSON.stringify(config));
});

test('the environment is looked at without regard to case; an unknown one rejects', async () => {
  for (const environment of ['sandbox', 'Production', 'SANDBOX']) assert.ok((await livePage({ environment })).client);
  const { rejected } = await outcome(() => newPage().api.create({ ...good, environment: 'moon' }));
  assert.equal(rejected?.name, 'EnvironmentNotValidError');
});

test('a second create rejects while one is live or on its way; a wrong option still throws', async () => {
  const page = newPage();
  const first = page.api.create(good);
  for (let round = 0; round < 2; round++) {
    assert.equal((await outcome(() => page.api.create(good))).rejected?.message, 'WIDGET_INSTANCE_ALREADY_INITIATED');
    assert.equal((await outcome(() => page.api.create({}))).threw?.name, 'InvalidConfigError');
    await first;
  }
  assert.equal(page.widgets.length, 1);
});

test('a copy of the loader in the same page sees the live instance', async () => {
  const page = newPage();
  page.elements['Bandyer-bandyer-chat-widget'] = { bandyerLive: true };
  assert.equal((await outcome(() => page.api.create(good))).rejected?.message, 'WIDGET_INSTANCE_ALREADY_INITIATED');
  page.elements['Bandyer-bandyer-chat-widget'] = {};
  assert.ok((await outcome(() => page.api.create(good))).value, 'a dead copy of the element does not count');
});

test('a create that failed leaves the place free and nothing behind', async () => {
  const page = newPage();
  page.answers.create = () => Promise.reject(Object.assign(new Error('refused'), { code: 'access_token_invalid' }));
  assert.equal((await outcome(() => page.api.create(good))).rejected?.code, 'access_token_invalid');
  assert.equal(page.widgets[0].closed, 1);
  page.answers.create = { userAlias: 'alice' };
  assert.equal((await page.api.create(good)).userAlias, 'alice');
});

test('files that do not load reject with the known message, and are asked for anew', async () => {
  const page = newPage();
  page.fail = true;
  const { rejected } = await outcome(() => page.api.create(good));
  assert.equal(rejected?.message, 'socket_communication_center_server_not_reachable');
  assert.equal(rejected.name, 'ServerInternalError');
  page.fail = false;
  await page.api.create(good);
  assert.equal(new Set(page.loaded).size, 2, 'under another address: the browser remembers the failure');
});

test('glue and WebAssembly are fetched once, side by side, from beside the script', async () => {
  const page = await livePage();
  await page.api.logout();
  await page.api.create(good);
  assert.deepEqual(page.loaded, ['https://chat.example.com/widget/bandyer_chat_widget.js']);
  assert.deepEqual(page.fetched, ['https://chat.example.com/widget/bandyer_chat_widget_bg.wasm']);
});

test('logout resolves always', async () => {
  const page = newPage();
  assert.equal(await page.api.logout(), undefined);
  await page.api.create(good);
  page.answers.logout = () => Promise.reject(new Error('offline'));
  assert.equal(await page.api.logout(), undefined);
  assert.equal(page.widgets[0].closed, 1);
  assert.equal(await page.api.logout(), undefined);
  await page.api.create(good);
  page.answers.logout = () => new Promise(() => {});
  const start = Date.now();
  await page.api.logout();
  assert.ok(Date.now() - start < 4000, 'a server that is silent is not waited for');
  assert.ok(await page.api.create(good));
});

test('logout, not awaited, makes room at once', async () => {
  const page = await livePage();
  const leaving = page.api.logout();
  assert.equal(page.api.isAuthenticated(), false);
  assert.ok(await page.api.create(good));
  await leaving;
  assert.deepEqual(page.widgets.map((widget) => widget.closed), [1, 0]);
  assert.equal(page.api.isAuthenticated(), true);
});

test('logout in the middle of create rejects the create', async () => {
  const page = newPage();
  page.answers.create = () => new Promise(() => {});
  const creating = outcome(() => page.api.create(good));
  await turn();
  await page.api.logout();
  assert.match((await creating).rejected?.message, /logged out/i);
  assert.equal(page.widgets[0].closed, 1);
  const early = newPage();
  const soon = outcome(() => early.api.create(good));
  await early.api.logout();
  assert.ok((await soon).rejected);
  await turn();
  assert.equal(early.widgets.length, 0, 'not even mounted');
});

test('a session that expired is not authenticated, and gives way to a new one', async () => {
  const page = await livePage();
  page.widget.onEvent('bandyer:state', { authenticated: false, shown: true, expanded: true });
  assert.equal(page.api.isAuthenticated(), false);
  assert.equal((await outcome(() => page.api.getChats())).threw?.name, 'BandyerChatWidgetNotAuthenticated');
  assert.ok(await page.api.create(good));
  assert.deepEqual(page.widgets.map((widget) => widget.closed), [1, 0]);
});

test('a widget that went away, or broke, frees the place; a broken one is never used again', async () => {
  const page = await livePage();
  page.widget.onEvent('bandyer:unmounted');
  assert.equal(page.api.isAuthenticated(), false);
  await page.api.create(good);
  page.widgets[1].onEvent('bandyer:broken');
  assert.equal(page.api.isAuthenticated(), false);
  await page.api.create(good);
  assert.equal(page.loaded.length, 2);
  assert.notEqual(page.loaded[0], page.loaded[1]);
});

test('a browser that is too old is told so by a rejection', async () => {
  const lacks = {
    WebAssembly: (window) => (window.WebAssembly = undefined),
    adoptedStyleSheets: (window) => delete window.Document.prototype.adoptedStyleSheets,
    'constructable sheets': (window) => delete window.CSSStyleSheet.prototype.replaceSync,
    structuredClone: (window) => delete window.structuredClone,
    'reference types': (window) => (window.WebAssembly = { validate: () => false, Module: class {} }),
  };
  for (const [what, without] of Object.entries(lacks)) {
    const { rejected } = await outcome(() => newPage({ without }).api.create(good));
    assert.equal(rejected?.message, 'browser_not_supported', what);
  }
});

test('a policy that forbids WebAssembly leads to a frame', async () => {
  class Module { constructor() { throw new Error('CSP'); } }
  const page = newPage({ without: (window) => (window.WebAssembly = { validate: () => true, Module }) });
  await page.api.create(good);
  assert.deepEqual(page.loaded, ['https://chat.example.com/widget/bandyer_frame.js']);
  assert.equal(page.widgets[0].options.iframe, true);
  assert.deepEqual(page.fetched, []);
});

test('the server is that of the script, unless told otherwise', async () => {
  const attributes = { 'data-server-sandbox': 'https://sandbox.example.com/', 'data-server-production': 'https://live.example.com/chat/' };
  const rows = [
    [{}, {}, 'https://chat.example.com'],
    [{ attributes }, {}, 'https://sandbox.example.com'],
    [{ attributes }, { environment: 'production' }, 'https://live.example.com/chat'],
    [{ attributes }, { serverUrl: 'https://other.example.com/x//' }, 'https://other.example.com/x'],
    [{ attributes: { 'data-server-sandbox': '/chat' } }, {}, 'https://www.example.com/chat'],
  ];
  for (const [how, options, expected] of rows) {
    const { place } = (await livePage(options, how)).widget;
    assert.equal(place.serverUrl, expected);
    assert.equal(place.base, 'https://chat.example.com/widget/');
  }
});

test('in a bundle the server must be named, and has the files', async () => {
  const page = newPage({ script: null });
  assert.match((await refusal(page, good)).message, /serverUrl/);
  for (const wrong of ['ftp://x.example', 'http://[']) assert.match((await refusal(page, { ...good, serverUrl: wrong })).message, /serverUrl/);
  await page.api.create({ ...good, serverUrl: 'https://chat.example.com' });
  assert.equal(page.widgets[0].place.base, 'https://chat.example.com/sdk/js/chat/1.45.0/');
});
