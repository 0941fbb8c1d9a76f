// Pages with habits of their own: prototypes they changed, elements they remove, shortcuts, focus they hold, paper.
import assert from 'node:assert/strict';
import { hostPage, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('host habits');

/** What scripts of pages have been seen to do to what all objects share; each runs before the widget's script. */
const habits = {
  'values on Object.prototype': 'Object.prototype.x = 1; Object.prototype.hidden = true; Object.prototype.id = "all"; Object.prototype.mirror = {};',
  'functions on Object.prototype and Array.prototype': 'Object.prototype.each = function () {}; Array.prototype.remove = function () {}; Array.prototype.last = 5;',
  'setters on Object.prototype': `for (const name of ['code', 'reason', 'executor', 'sender', 'unreadMessages']) {
    Object.defineProperty(Object.prototype, name, { configurable: true, get() { return undefined; }, set() {} });
  }`,
  'half of a property descriptor on Object.prototype': 'Object.prototype.get = undefined; Object.prototype.value = 1;',
  'toJSON as Prototype.js 1.6 had it': `String.prototype.toJSON = function () { return '"' + this + '"'; };
    Array.prototype.toJSON = function () { return '[' + this.join(', ') + ']'; };`,
  'frozen prototypes': 'for (const one of [Object, Array, Function, Error, Promise, String]) Object.freeze(one.prototype);',
  'symbols': 'Array.prototype[Symbol.isConcatSpreadable] = false; Object.prototype[Symbol.toStringTag] = "Thing";',
};

for (const [name, script] of Object.entries(habits)) {
  for (const iframe of [false, true]) {
    scene(`${name}, ${iframe ? 'in a frame' : 'in the page'}`, async (stage) => {
      const [me, other] = [await stage.alias('me'), await stage.alias('other')];
      await stage.server.addChat(me, other);
      const token = await stage.server.token(me);
      const options = JSON.stringify({ accessToken: token, environment: 'sandbox', iframe, layout: { header: { background: 'rgb(1, 2, 3)' } } });
      // Nothing of the test's own runs in the page, which would have to stand the habit too.
      const html = hostPage(stage.server.origin, {
        head: `<script>${script}</script>`,
      }).replace('</body>', `<script>
        window.told = '';
        BandyerChat.create(${options}).then(function (client) {
          client.on('message_received', function (message) {
            window.told += message.sender + ' says ' + message.text + '; ' + BandyerChat.getChats().length + ' chat, last ' + BandyerChat.getLastMessageReceived().text;
          });
          return BandyerChat.addChat('nobody.here').catch(function (error) {
            window.told += error.name + ' ' + error.code + '; ';
            return BandyerChat.composeMessage(${JSON.stringify(other)}, 'hello', true);
          });
        }).catch(function (error) { window.told = 'failed: ' + error.name + ' ' + error.message; });
      </script></body>`);
      const context = await stage.context();
      const page = await context.newPage();
      const faults = [];
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(stage.host.add(html), { waitUntil: 'load' });
      const cdp = await context.newCDPSession(page);
      const told = async () => (await cdp.send('Runtime.evaluate', { expression: 'String(window.told)' })).result.value;
      await eventually(async () => {
        const stored = await stage.server.stored(me, other);
        assert.deepEqual(stored.map((m) => m.body), ['hello'], await told());
      });
      await stage.server.post(other, me, 'an answer');
      await eventuallyEqual(told, `Error create_channel_oto_error; ${other} says an answer; 1 chat, last an answer`);
      assert.deepEqual(faults, []);
    });
  }
}

for (const iframe of [false, true]) {
  scene(`getters give what is so, at once, ${iframe ? 'in a frame' : 'in the page'}`, async (stage) => {
    const [me, ann, ben] = [await stage.alias('me'), await stage.alias('ann'), await stage.alias('ben')];
    await stage.server.addChat(me, ann);
    await stage.server.addChat(me, ben);
    for (const text of ['one', 'two']) await stage.server.post(ann, me, text);
    const user = await stage.user(me, { options: { iframe } });
    if (iframe) user.frame = user.page.frameLocator('iframe[src*="/embed"]');
    const unread = async () => Object.fromEntries((await user.ask('getUnreadMessages')).map((one) => [one.chat, one.unreadMessages]));
    const chats = async () => (await user.ask('getChats')).map((chat) => `${chat.participants[0]} ${chat.unreadMessages} ${chat.lastMessage.message ?? ''}`);
    const chat = [me, ann].sort().join('#');
    await eventuallyEqual(unread, { [chat]: 2 });
    await user.openChat(ann);
    await user.message('two').waitFor();
    await eventuallyEqual(unread, {});
    await eventuallyEqual(chats, [`${ann} 0 two`, `${ben} 0 `]);
    await stage.server.removeChat(me, ben);
    await eventuallyEqual(chats, [`${ann} 0 two`]);
    await user.send('three');
    await eventuallyEqual(chats, [`${ann} 0 three`]);
    await eventuallyEqual(async () => (await user.ask('getLastMessageSent'))?.text, 'three');
    await user.closePanel();
    await stage.server.post(ann, me, 'four');
    await eventuallyEqual(unread, { [chat]: 1 });
    assert.equal((await user.ask('getLastMessageReceived')).text, 'four');
    // Read on another device.
    const other = await stage.user(me);
    await other.openChat(ann);
    await eventuallyEqual(unread, {});
    await stage.server.addChat(me, await stage.alias('cat'));
    await eventually(async () => assert.equal((await chats()).length, 2));
  });
}

scene('a page that takes the widget away each time is not fought for ever', async (stage) => {
  stage.expectedFaults = [];
  const head = `<script>
    window.removed = 0; window.warnings = [];
    const warn = console.warn; console.warn = (...words) => { window.warnings.push(words.join(' ')); warn(...words); };
    new MutationObserver(() => {
      const found = document.getElementById('Bandyer-bandyer-chat-widget');
      if (found) { window.removed += 1; found.remove(); }
    }).observe(document.documentElement, { childList: true, subtree: true });
  </script>`;
  const user = await stage.visitor(await stage.alias(), { html: hostPage(stage.server.origin, { head }) });
  await user.page.evaluate((token) => { window.BandyerChat.create({ accessToken: token, environment: 'sandbox' }).catch(() => {}); }, user.token);
  await eventually(async () => assert.equal((await user.page.evaluate(() => window.warnings.filter((line) => /bandyer/.test(line)))).length, 1), { timeout: 20_000 });
  const removed = await user.page.evaluate(() => window.removed);
  assert.ok(removed >= 3 && removed <= 20, `${removed} rounds`);
  assert.equal(await user.page.evaluate(() => new Promise((done) => { setTimeout(() => done('on time'), 50); })), 'on time');
});

scene('nothing of the widget is on paper', async (stage) => {
  for (const options of [{}, { iframe: true }, { container: '#here' }]) {
    const body = '<div id="here" style="width:400px;height:500px"></div>';
    const user = await stage.user(await stage.alias(), { html: hostPage(stage.server.origin, { body }), options });
    if (options.iframe) user.frame = user.page.frameLocator('iframe[src*="/embed"]');
    await user.launcher.waitFor();
    await user.page.emulateMedia({ media: 'print' });
    await user.launcher.waitFor({ state: 'hidden' });
    const frames = await user.page.locator('iframe').evaluateAll((found) => found.map((frame) => getComputedStyle(frame).visibility));
    assert.ok(frames.every((visibility) => visibility === 'hidden'), `${frames}`);
    await user.page.emulateMedia({ media: 'screen' });
    await user.launcher.waitFor();
  }
});

scene('under a transformed ancestor the launcher stands in the corner of the window all the same', async (stage) => {
  const head = '<style>body{transform:translateZ(0);height:5000px;margin:0}</style>';
  for (const iframe of [false, true]) {
    const user = await stage.user(await stage.alias(), { html: hostPage(stage.server.origin, { head }), options: { iframe } });
    if (iframe) user.frame = user.page.frameLocator('iframe[src*="/embed"]');
    const inCorner = () => eventually(async () => {
      const box = await user.launcher.boundingBox();
      const apart = [1280 - box.x - box.width, 800 - box.y - box.height];
      assert.ok(apart.every((pixels) => pixels >= 0 && pixels <= 40), `${apart}`);
    });
    await inCorner();
    await user.page.evaluate(() => scrollTo(0, 1800));
    await inCorner();
    // Open, it is in the panel's head in a frame.
    if (!iframe) await user.openPanel();
    await user.page.evaluate(() => { document.body.style.transform = 'none'; scrollTo(0, 0); });
    await inCorner();
  }
});

scene('a page that transforms itself later keeps the launcher in its corner', async (stage) => {
  const head = '<style>body{height:5000px;margin:0}body.menu{transform:translateX(-200px)}</style>';
  const user = await stage.user(await stage.alias(), { html: hostPage(stage.server.origin, { head }) });
  await user.launcher.waitFor();
  await user.page.evaluate(() => { scrollTo(0, 900); document.body.classList.add('menu'); });
  await eventually(async () => {
    const box = await user.launcher.boundingBox();
    assert.ok(Math.abs(1260 - box.x - box.width) < 3 && Math.abs(780 - box.y - box.height) < 3, JSON.stringify(box));
  });
});

scene('what one types into the chat is no shortcut of the page, and what one types elsewhere is', async (stage) => {
  const head = `<script>
    window.heard = [];
    for (const name of ['keydown', 'keypress', 'keyup', 'paste', 'beforeinput']) {
      document.addEventListener(name, (event) => {
        if (!/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) window.heard.push(name + ' ' + (event.key ?? ''));
      });
    }
  </script>`;
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { html: hostPage(stage.server.origin, { head }) });
  const heard = () => user.page.evaluate(() => window.heard.splice(0));
  await user.openPanel();
  await heard();
  await user.search.click();
  for (const key of ['j', '/', '?', 'g', 's', 'Backspace', 'Control+k']) await user.page.keyboard.press(key);
  assert.deepEqual(await heard(), []);
  await user.search.fill('');
  await user.openChat(other);
  await user.composer.click();
  await heard();
  await user.page.keyboard.type('j/?gs');
  assert.deepEqual(await heard(), []);
  assert.equal(await user.composer.inputValue(), 'j/?gs');
  await user.get('attach').focus();
  await user.page.keyboard.press('Control+k');
  assert.ok((await heard()).includes('keydown k'), 'on a button of ours it is the page’s');
  await user.page.keyboard.press('Escape');
  await user.get('chat-list').waitFor();
});

scene('inside a shadow root of the page, and under its focus trap, the keyboard gets where it should', async (stage) => {
  const body = `<div id="outer"></div><div id="modal" tabindex="-1"><button>in the modal</button></div><script>
    const root = document.getElementById('outer').attachShadow({ mode: 'open' });
    root.innerHTML = '<div id="inner" style="width:400px;height:560px"></div>';
    window.inner = root.getElementById('inner');
    document.addEventListener('focusin', (event) => {
      if (window.trap && !document.getElementById('modal').contains(event.target)) document.querySelector('#modal button').focus();
    });
  </script>`;
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.visitor(me, { html: hostPage(stage.server.origin, { body }) });
  await user.page.evaluate(async (token) => {
    window.client = await window.BandyerChat.create({ accessToken: token, environment: 'sandbox', container: window.inner });
  }, user.token);
  const focus = () => user.page.evaluate(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node?.dataset?.testid ?? node?.tagName;
  });
  await user.launcher.click();
  await eventuallyEqual(focus, 'chat-search');
  await user.row(other).click();
  await eventuallyEqual(focus, 'composer');
  await user.page.evaluate(() => { window.trap = true; });
  await user.composer.click();
  await user.page.keyboard.type('under a trap');
  assert.equal(await user.composer.inputValue(), 'under a trap');
  await eventuallyEqual(focus, 'composer');
});
