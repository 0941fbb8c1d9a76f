// HTML and script in everything people and hosts can write: always shown as text, never run.
import assert from 'node:assert/strict';
import { setUp } from './support/stage.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('hostile text');
const payloads = [
  '<script>window.hacked=1</script>', '<img src=x onerror="window.hacked=1">', '"><svg onload=window.hacked=1>',
  '<a href="javascript:window.hacked=1">click</a>', '{{constructor.constructor("window.hacked=1")()}}', '&lt;b&gt;&amp;nbsp;',
  '<iframe srcdoc="<script>parent.hacked=1</script>">', '`${window.hacked=1}`', 'javascript:window.hacked=1',
  'https://x/"onmouseover="window.hacked=1', '</style><style>*{display:none}</style>', '\u0000\u0007\u001b[31m',
];
const unharmed = async (user) => {
  assert.equal(await user.page.evaluate(() => window.hacked), undefined, 'nothing ran');
  const found = await user.ui().locator('[data-testid="panel"]').evaluate((panel) => panel.querySelectorAll('script, iframe, object, embed, [onerror], [onload], [onmouseover], a[href^="javascript"]').length);
  assert.equal(found, 0);
};

scene('messages', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  const sendable = payloads.slice(0, -1);
  for (const text of sendable) await alice.send(text);
  for (const user of [alice, bob]) {
    await user.sees(sendable);
    await unharmed(user);
  }
  await bob.backToList();
  await eventually(async () => assert.equal((await bob.rows())[0].last, sendable.at(-1)));
  await unharmed(bob);
});

scene('control characters neither break the message nor the page', async (stage) => {
  const [alice, bob] = await stage.pair();
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  await alice.ask('composeMessage', bob.alias, 'a\u0000b\u0007c\u001b[31md', true);
  await eventually(async () => assert.match((await bob.texts())[0], /a.*b.*c.*d/));
  await unharmed(bob);
});

scene('names of users', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other', { firstname: '<b>Bob</b>', lastname: '<img src=x onerror=hacked=1>' })];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, {
    init: () => { window.e2eFormatters = { full: (u) => `${u.firstName} ${u.lastName}` }; }, options: { formatter: 'full' },
  });
  await user.openPanel();
  await eventually(async () => assert.equal((await user.rows())[0].name, '<b>Bob</b> <img src=x onerror=hacked=1>'));
  await user.openChat(other);
  await unharmed(user);
});

scene('a provider’s picture address cannot run script', async (stage) => {
  const [me, other] = [await stage.alias('me'), await stage.alias('other')];
  await stage.server.addChat(me, other);
  const user = await stage.user(me, {
    init: () => {
      window.e2eProviders = { evil: async (list) => list.map((userAlias) => ({ userAlias, image: 'javascript:window.hacked=1' })) };
    },
    options: { provider: 'evil' },
  });
  stage.expectedFaults = [/javascript:/, /ERR_/];
  await user.openChat(other);
  await user.send('x');
  await user.state('x', 'sent');
  await unharmed(user);
});

scene('aliases over the API, and what a search is given', async (stage) => {
  const user = await stage.user(await stage.alias('me'));
  for (const text of payloads) {
    const answer = await user.call('addChat', text);
    assert.equal(answer.rejected?.code, 'create_channel_oto_error', text);
  }
  await user.openPanel();
  for (const text of payloads) await user.search.fill(text.replace(/[\u0000-\u001f]/g, ''));
  await unharmed(user);
});
