// The ways into a page, and pages that make it hard.
import assert from 'node:assert/strict';
import { hostPage, setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual } from './support/wait.mjs';

const { scene } = setUp('embedding');
const bootstrapLike = `html{font-size:10px}*,*::before,*::after{box-sizing:content-box;margin:0;padding:0;border:0}
  button{display:block;width:100%;background:hotpink;text-transform:uppercase}textarea,input{display:none}div{color:lime;line-height:5}
  a{pointer-events:none}ul,li{list-style:square;float:left}svg{display:none}img{width:1000px}`;
const hostileSheets = {
  'a reset': '*{all:unset}',
  'a revert with !important': '*{all:revert;font-size:40px !important;letter-spacing:9px !important;color:red !important}',
  'careless element rules': bootstrapLike,
  'rules for our host element': '#Bandyer-bandyer-chat-widget,body>div{display:none;visibility:hidden;opacity:0;transform:scale(2);position:absolute;font-size:40px}',
};

async function chatting(stage, where) {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, where);
  return [user, other];
}

async function canTalk(user, other) {
  await user.openChat(other);
  await user.send('it works');
  await user.state('it works', 'sent');
}

/** Sizes and letters of the main parts, once motion has ended: the same on every page, whatever the page’s own style is. */
const looks = (user) => user.panel.evaluate(async (panel) => {
  const root = panel.getRootNode();
  const ending = root.getAnimations().filter((motion) => motion.effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map((motion) => motion.finished));
  return ['launcher', 'panel', 'composer', 'send', 'message', 'message-text', 'conversation-name', 'back'].map((id) => {
    const node = root.querySelector(`[data-testid="${id}"]`);
    const { width, height, x, y } = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    return [id, Math.round(x), Math.round(y), Math.round(width), Math.round(height), style.fontSize, style.letterSpacing, style.color, style.display, style.textTransform].join(' ');
  });
});

scene('a hostile style sheet changes nothing of the widget', async (stage) => {
  const [plain, other] = await chatting(stage, {});
  await canTalk(plain, other);
  await eventually(async () => assert.ok((await looks(plain)).length));
  const expected = await looks(plain);
  for (const [name, css] of Object.entries(hostileSheets)) {
    const [user, peer] = await chatting(stage, { html: hostPage(stage.server.origin, { head: `<style>${css}</style>` }) });
    await canTalk(user, peer);
    const strip = (list) => list.filter((line) => !line.startsWith('conversation-name'));
    await eventually(async () => assert.deepEqual(strip(await looks(user)), strip(expected), name));
    await user.page.close();
  }
});

scene('the page around it stays as it is, and clickable', async (stage) => {
  const html = hostPage(stage.server.origin, { body: '<button id="corner" style="position:fixed;right:2px;bottom:2px;width:12px;height:12px">x</button><p class="btn">site</p>' });
  const [user, other] = await chatting(stage, { html });
  const page = () => user.page.evaluate(() => ({
    height: document.documentElement.scrollHeight, styles: document.styleSheets.length + document.adoptedStyleSheets.length,
    body: getComputedStyle(document.body).cssText.length, p: document.querySelector('.btn').getBoundingClientRect().y,
  }));
  const open = await page();
  await canTalk(user, other);
  assert.deepEqual(await page(), open);
  await user.page.evaluate(() => { document.querySelector('#corner').onclick = () => { window.cornerClicked = true; }; });
  await user.page.mouse.click(1280 - 8, 800 - 8);
  assert.equal(await user.page.evaluate(() => window.cornerClicked), true);
});

const strict = (origin) => [
  "default-src 'none'", `script-src ${origin} 'wasm-unsafe-eval'`, `connect-src ${origin} ${origin.replace('http', 'ws')}`,
  `img-src data: blob: ${origin}`, "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
].join('; ');
const violations = (user) => user.page.evaluate(() => window.violations);
const watchViolations = () => {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
};

scene('a strict content security policy: it works, with the right looks and no violation', async (stage) => {
  const [user, other] = await chatting(stage, { headers: { 'content-security-policy': strict(stage.server.origin) }, init: watchViolations });
  await canTalk(user, other);
  assert.ok((await user.get('launcher').boundingBox()).width >= 48, 'styled');
  const { x, width } = await user.panel.boundingBox();
  assert.ok(width > 300 && x > 640, 'the panel stands at the right');
  await user.get('file-input').setInputFiles([{ name: 'a.png', mimeType: 'image/png', buffer: (await import('./support/files.mjs')).png() }]);
  await user.get('picture-preview').first().waitFor();
  await user.ask('logout');
  assert.deepEqual(await violations(user), []);
});

scene('in a frame the page needs no wasm permission at all', async (stage) => {
  const policy = ["default-src 'none'", `script-src ${stage.server.origin}`, `frame-src ${stage.server.origin}`, `connect-src ${stage.server.origin}`, 'img-src data:', "require-trusted-types-for 'script'"].join('; ');
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { headers: { 'content-security-policy': policy }, init: watchViolations, options: { iframe: true } });
  user.frame = user.page.frameLocator('iframe[src*="/embed"]');
  await canTalk(user, other);
  assert.deepEqual(await violations(user), []);
});

scene('a page that forbids WebAssembly gets a frame; one that forbids that too is told so by create', async (stage) => {
  stage.expectedFaults = [/./];
  const scripts = `script-src ${stage.server.origin}`;
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { headers: { 'content-security-policy': scripts } });
  user.frame = user.page.frameLocator('iframe[src*="/embed"]');
  await canTalk(user, other);
  const bare = await stage.visitor(await stage.alias(), { headers: { 'content-security-policy': `${scripts}; frame-src 'none'` } });
  const start = Date.now();
  const answer = await bare.call('create', { accessToken: bare.token, environment: 'sandbox' });
  assert.ok(answer.rejected && answer.isError, JSON.stringify(answer));
  assert.match(answer.rejected.reason, /frame-src/);
  assert.ok(Date.now() - start < 14_000, 'at once, not when it has waited long enough');
  assert.equal(await bare.page.locator('iframe').count(), 0);
});

scene('container: the widget lives in the element given', async (stage) => {
  const html = hostPage(stage.server.origin, { body: '<section id="here" style="position:relative;width:420px;height:600px;margin:10px"></section>' });
  const [user, other] = await chatting(stage, { html, options: { container: '#here' } });
  await canTalk(user, other);
  const [box, panel] = [await user.page.locator('#here').boundingBox(), await user.panel.boundingBox()];
  assert.ok(panel.x >= box.x - 1 && panel.x + panel.width <= box.x + box.width + 1, JSON.stringify([box, panel]));
  assert.ok(panel.y >= box.y - 1 && panel.y + panel.height <= box.y + box.height + 1, JSON.stringify([box, panel]));
  assert.equal(await user.page.evaluate(() => document.querySelector('#here').contains(document.querySelector('#Bandyer-bandyer-chat-widget'))), true);
  await user.ask('logout');
  assert.equal(await user.page.locator('#here > *').count(), 0, 'leaves the container empty');
});

for (const kind of ['iframe: true', 'a plain iframe']) {
  scene(`${kind}: same API, same events, through the frame`, async (stage) => {
    const plain = kind === 'a plain iframe';
    const html = hostPage(stage.server.origin, plain ? { body: `<iframe id="chat" title="Chat" src="${stage.server.origin}/embed" width="420" height="640"></iframe>` } : {});
    const [me, other] = [await stage.alias('me'), await stage.alias('other')];
    await stage.server.addChat(me, other);
    await stage.server.post(other, me, 'waiting');
    const user = await stage.user(me, {
      html, options: { iframe: plain ? '#chat' : true, provider: 'p', formatter: 'f' },
      init: () => {
        window.e2eProviders = { p: async (list) => list.map((userAlias) => ({ userAlias, team: 'red' })) };
        window.e2eFormatters = { f: (u) => `${u.userAlias} ${u.team ?? ''}`.trim() };
      },
    });
    user.frame = user.page.frameLocator('iframe[src*="/embed"]');
    assert.equal(await user.ask('isAuthenticated'), true);
    await eventuallyEqual(async () => (await user.ask('getChats')).map((c) => [c.participants, c.unreadMessages]), [[[other], 1]]);
    assert.ok((await user.ask('getChats'))[0].lastMessage.timestamp.$date, 'Dates cross the frame');
    await user.openPanel();
    await eventually(async () => assert.equal((await user.rows())[0].name, `${other} red`));
    await user.openChat(other);
    await user.send('from the frame');
    await user.state('from the frame', 'sent');
    assert.equal((await user.event('message_sent')).text, 'from the frame');
    assert.deepEqual(await user.ask('getLastMessageSent'), await user.event('message_sent'));
    const refused = await user.call('addChat', 'nobody.here');
    assert.equal(refused.isError, true);
    assert.equal(refused.rejected.code, 'create_channel_oto_error');
    assert.deepEqual(await user.call('hideWidget'), { returned: true });
    await user.launcher.waitFor({ state: 'hidden' });
    await user.ask('showWidget');
    await user.launcher.waitFor();
    await user.ask('logout');
    assert.equal(await user.page.locator('#Bandyer-bandyer-chat-widget').count(), 0);
    assert.equal((await user.call('getChats')).threw?.$error, 'BandyerChatWidgetNotAuthenticated');
    await user.create({ iframe: plain ? '#chat' : true });
    user.frame = user.page.frameLocator('iframe[src*="/embed"]');
    await user.openChat(other);
  });
}

scene('a frame of ours leaves the page clickable around launcher and panel', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, { options: { iframe: true } });
  user.frame = user.page.frameLocator('iframe[src*="/embed"]');
  await user.page.evaluate(() => { document.onclick = (event) => { window.clicked = `${event.clientX},${event.clientY}`; }; });
  await user.page.mouse.click(640, 600);
  assert.equal(await user.page.evaluate(() => window.clicked), '640,600');
  await user.openPanel();
  await user.page.mouse.click(300, 300);
  assert.equal(await user.page.evaluate(() => window.clicked), '300,300');
});

scene('the embed page serves only origins that are allowed, and speaks only to its parent', async (stage) => {
  const answer = await fetch(`${stage.server.origin}/embed`);
  assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors/);
  // The demo allows every port of this machine, and nothing wider.
  assert.doesNotMatch(answer.headers.get('content-security-policy'), /frame-ancestors[^;]*(?<!\/\/(localhost|127\.0\.0\.1):)\*/);
});

scene('the script in head, and create before DOMContentLoaded', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const token = await stage.server.token(me);
  const inline = `<script>window.made = BandyerChat.create({accessToken: ${JSON.stringify(token)}, environment: 'sandbox'}); window.bodyThen = !!document.body;</script>`;
  const html = hostPage(stage.server.origin, { scriptIn: 'head' }).replace('</head>', `${inline}</head>`);
  const user = await stage.visitor(me, { html, token });
  assert.equal(await user.page.evaluate(() => window.bodyThen), false, 'there was no body yet');
  await user.page.evaluate(() => window.made.then((client) => window.e2e.record(client)));
  await canTalk(user, other);
});

scene('loaded twice: one global, one widget, the first stays', async (stage) => {
  const html = hostPage(stage.server.origin).replace('</body>', `<script>window.first = BandyerChat</script><script src="${stage.server.origin}/widget/bandyer-widget.min.js"></script></body>`);
  const [user, other] = await chatting(stage, { html });
  assert.equal(await user.page.evaluate(() => window.first === window.BandyerChat), true);
  await user.page.addScriptTag({ url: `${stage.server.origin}/widget/bandyer-widget.min.js` });
  assert.equal(await user.ask('isAuthenticated'), true, 'loading again does not end the session');
  const again = await user.call('create', { accessToken: user.token, environment: 'sandbox' });
  assert.equal(again.rejected?.message, 'WIDGET_INSTANCE_ALREADY_INITIATED');
  await canTalk(user, other);
  assert.equal(await user.page.locator('#Bandyer-bandyer-chat-widget').count(), 1);
});

scene('a client-side router that swaps the body: the widget comes back with the session', async (stage) => {
  const [user, other] = await chatting(stage, {});
  await canTalk(user, other);
  await user.page.evaluate(() => { document.body.innerHTML = '<h1>Another page of the site</h1>'; });
  await user.launcher.waitFor();
  assert.equal(await user.ask('isAuthenticated'), true);
  await canTalk2(user, other);
  await user.page.evaluate(() => {
    const body = document.createElement('body');
    body.innerHTML = '<h1>And one more</h1>';
    document.documentElement.replaceChild(body, document.body);
  });
  await user.launcher.waitFor();
  await canTalk2(user, other);
  assert.equal(await user.page.locator('#Bandyer-bandyer-chat-widget').count(), 1);
  await user.ask('logout');
  assert.equal(await user.launcher.count(), 0);
});

async function canTalk2(user, other) {
  const text = `still works ${Math.random()}`;
  await user.openChat(other);
  await user.send(text);
  await user.state(text, 'sent');
}

scene('no third party is asked for anything', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.visitor(me);
  const foreign = [];
  const known = [stage.server.origin, stage.host.origin];
  user.page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !known.includes(new URL(url).origin)) foreign.push(url);
  });
  await user.create();
  await canTalk(user, other);
  assert.deepEqual(foreign, []);
});

scene('an ES module page and one without a window: import and require work', async (stage) => {
  const user = await stage.visitor(await stage.alias(), { html: hostPage(stage.server.origin, { script: false, body: '<p>module</p>' }) });
  const { readFileSync, existsSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { widgetDir } = await import('./support/paths.mjs');
  const { createRequire } = await import('node:module');
  const pkg = JSON.parse(readFileSync(join(widgetDir, 'package.json'), 'utf8'));
  assert.equal(pkg.name, '@bandyer/bandyer-chat-widget');
  const required = createRequire(import.meta.url)(widgetDir);
  assert.equal((required.version ?? required.default.version)(), '1.45.0');
  const entry = join(widgetDir, pkg.module ?? pkg.exports['.'].import.default ?? pkg.exports['.'].import);
  assert.ok(existsSync(entry));
  const imported = await import(entry);
  assert.equal((imported.default ?? imported).version(), '1.45.0');
  const path = (pkg.module ?? entry.slice(widgetDir.length + 1)).replace(/^\.\//, '');
  await user.page.addScriptTag({ type: 'module', content: `import * as m from '${stage.server.origin}/widget/${path}'; window.BandyerChat = m.default ?? m; window.ready = true;` });
  await eventually(() => user.page.evaluate(() => window.ready === true));
  await user.create();
  await user.launcher.waitFor();
});
