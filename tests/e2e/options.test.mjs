// The options of `create`: what is refused and in which order, and what each accepted one changes on the screen.
import assert from 'node:assert/strict';
import { setUp } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('options');
const base = (user) => ({ accessToken: user.token, environment: 'sandbox' });
const css = (locator, name) => locator.evaluate((node, property) => getComputedStyle(node)[property], name);

scene('wrong options throw at once, in the documented order', async (stage) => {
  const user = await stage.visitor(await stage.alias());
  const thrown = async (options) => {
    const answer = await user.call('create', options);
    assert.equal(answer.threw?.$error, 'InvalidConfigError', JSON.stringify([options, answer]));
    return answer.threw.message;
  };
  await thrown(null);
  await thrown({});
  const messages = new Map();
  const wrong = {
    hidden: 'yes', record: 1, screenSharingExtensionId: 5, layout: 'blue', callType: 5, mode: 5, language: 5,
    userDetailsProvider: 'f', userDetailsFormatter: 'f', screenSharingExtensionURL: 5, chat: 'yes', tools: 'all',
    virtualBackground: true, recordingType: 'none', isAdmin: 'yes', feedback: 'yes',
  };
  for (const [name, value] of Object.entries(wrong)) messages.set(name, await thrown({ ...base(user), [name]: value }));
  const names = Object.keys(wrong);
  for (let n = 0; n + 1 < names.length; n += 1) {
    const both = { ...base(user), [names[n]]: wrong[names[n]], [names[n + 1]]: wrong[names[n + 1]] };
    assert.equal(await thrown(both), messages.get(names[n]), `${names[n]} is judged before ${names[n + 1]}`);
  }
  await thrown({ accessToken: user.token });
  await thrown({ accessToken: user.token, environment: '' });
  await thrown({ environment: 'sandbox' });
  assert.match((await user.call('create')).threw?.message, /^Missing arguments: \(/);
});

scene('falsy values pass, options of later features are accepted', async (stage) => {
  const user = await stage.user(await stage.alias(), {
    options: {
      hidden: 0, record: null, layout: null, language: '', tools: null, chat: null, feedback: 0, callType: 'whatever',
      mode: 'window', virtualBackground: 'blur', recordingType: 'manual', isAdmin: true, appId: 'wAppId_x', userAlias: 'ignored',
      screenSharingExtensionId: 'abc', screenSharingExtensionURL: 'https://example.org',
    },
  });
  await user.openPanel();
  await user.ui().locator('[data-testid="empty"][data-kind="none"]').waitFor();
});

for (const [locale, language, expected] of [
  ['en-GB', 'it', 'it'], ['it-IT', 'en', 'en'], ['it-IT', undefined, 'it'], ['en-US', undefined, 'en'],
  ['de-DE', undefined, 'it'], ['en-GB', 'klingon', 'en'],
]) {
  scene(`language: browser ${locale}, option ${language}, shows ${expected}`, async (stage) => {
    const [me, other] = [await stage.alias('me'), await stage.alias('other')];
    await stage.server.addChat(me, other);
    await stage.server.post(other, me, 'ciao');
    const user = await stage.user(me, { contextOptions: { locale }, options: language ? { language } : {} });
    await user.openPanel();
    const hint = `${await user.search.getAttribute('placeholder') ?? ''} ${await user.search.getAttribute('aria-label') ?? ''}`;
    assert.match(hint, expected === 'it' ? /cerca/i : /search/i);
    assert.equal(await user.panel.evaluate((node) => node.closest('[lang]')?.lang ?? node.getRootNode().host?.lang), expected);
  });
}

scene('layout colours each part; a hostile value changes nothing and runs nothing', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  await stage.server.post(me, other, 'mine');
  await stage.server.post(other, me, 'theirs');
  const user = await stage.user(me, { options: { layout: {
    header: { background: 'rgb(10, 20, 30)', color: 'rgb(250, 250, 240)' }, body: { background: 'rgb(1, 90, 90)', color: 'rgb(255, 255, 0)' },
    launcher: { background: 'rgb(200, 0, 0)' }, messageSent: { background: 'rgb(0, 100, 0)', color: 'rgb(255, 255, 254)' },
    messageReceived: { background: 'rgb(0, 0, 100)', color: 'rgb(255, 254, 255)' }, fontFamily: 'Courier, monospace',
    nonsense: { background: 'red' }, dial: 5, call: null,
  } } });
  /** The colour one really sees: the first background that is not transparent, from the node outwards or inwards. */
  const painted = (locator) => locator.evaluate((node) => {
    const clear = (c) => c === 'rgba(0, 0, 0, 0)' || c === 'transparent';
    const all = [node, ...node.querySelectorAll('*')].map((n) => getComputedStyle(n).backgroundColor).filter((c) => !clear(c));
    return all;
  });
  assert.ok((await painted(user.launcher)).includes('rgb(200, 0, 0)'));
  await user.openChat(other);
  await user.message('mine').waitFor();
  assert.ok((await painted(user.message('mine'))).includes('rgb(0, 100, 0)'));
  assert.ok((await painted(user.message('theirs'))).includes('rgb(0, 0, 100)'));
  assert.equal(await css(user.message('mine').getByTestId('message-text'), 'color'), 'rgb(255, 255, 254)');
  assert.ok((await painted(user.panel)).includes('rgb(10, 20, 30)'), 'header');
  assert.ok((await painted(user.panel)).includes('rgb(1, 90, 90)') || (await css(user.panel, 'backgroundColor')) === 'rgb(1, 90, 90)', 'body');
  assert.match(await css(user.message('mine'), 'fontFamily'), /Courier/);
});

scene('hostile layout values are dropped', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const hostile = 'red;} * { display: none } </style><script>window.hacked = 1</script><img src=x onerror="window.hacked=1">';
  const user = await stage.user(me, { options: { layout: {
    header: { background: hostile, color: hostile }, body: { background: 'url("javascript:window.hacked=1")', color: 'expression(alert(1))' },
    launcher: { background: hostile }, fontFamily: hostile, messageSent: { background: { toString: 1 }, color: 5 },
  } } });
  stage.expectedFaults = [/javascript:/, /ERR_UNKNOWN_URL_SCHEME/];
  await user.openChat(other);
  await user.send('hello');
  await user.sees(['hello']);
  assert.equal(await user.page.evaluate(() => window.hacked), undefined);
  assert.equal(await user.page.getByText('A host page').isVisible(), true);
});

scene('the system’s dark mode is followed unless a layout is given', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const light = async (user) => user.panel.evaluate((panel) => {
    const lum = (c) => { const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number); return a === 0 ? null : (r + g + b) / 3; };
    for (let node = panel.querySelector('[data-testid="chat-list"]') ?? panel; node; node = node.parentElement) {
      const value = lum(getComputedStyle(node).backgroundColor);
      if (value !== null) return value > 127;
    }
    return true;
  });
  const user = await stage.user(me, { contextOptions: { colorScheme: 'dark' } });
  await user.openPanel();
  assert.equal(await light(user), false);
  await user.page.emulateMedia({ colorScheme: 'light' });
  await eventually(async () => assert.equal(await light(user), true));
  const themed = await stage.user(other, { contextOptions: { colorScheme: 'dark' }, options: { layout: { header: { background: 'navy' } } } });
  await themed.openPanel();
  assert.equal(await light(themed), true);
});

for (const [name, options, on] of [
  ['chat: false', { chat: false }, false], ['tools: {}', { tools: {} }, false],
  ['tools without chat', { chat: true, tools: { screen_sharing: true } }, false],
  ['tools with chat', { chat: false, tools: { chat: true } }, true], ['chat: 0', { chat: 0 }, false], ['chat: null', { chat: null }, true],
]) {
  scene(`${name} turns the chat ${on ? 'on' : 'off'}`, async (stage) => {
    const [me, other] = [await stage.alias('me'), await stage.alias('other')];
    await stage.server.addChat(me, other);
    const user = await stage.user(me, { options });
    await user.openPanel();
    if (on) {
      await user.row(other).waitFor();
      return;
    }
    await user.ui().locator('[data-testid="empty"][data-kind="chat-off"]').waitFor();
    const calls = { addChat: [other], removeChat: [other], selectChat: [other], composeMessage: [other, 'x', true], getChats: [], getUnreadMessages: [], getLastMessageReceived: [], getLastMessageSent: [] };
    for (const [method, args] of Object.entries(calls)) {
      assert.equal((await user.call(method, ...args)).threw?.message, 'Chat module not initialized', method);
    }
    assert.equal((await user.call('addChat')).threw?.message, 'Missing arguments: (userAlias)', 'the count comes first');
    assert.deepEqual(await user.ask('getUser', other), { userAlias: other, status: 'offline' });
    assert.equal((await user.ask('getUsersStatusList')).length >= 1, true);
  });
}

scene('without file_upload nothing can be attached', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { options: { tools: { chat: true } } });
  await user.openChat(other);
  assert.equal(await user.get('attach').count(), 0);
});
