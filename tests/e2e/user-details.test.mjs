// How the host page names its users: provider and formatter, good, slow and broken ones.
import assert from 'node:assert/strict';
import { png } from './support/files.mjs';
import { setUp } from './support/stage.mjs';
import { eventually, eventuallyEqual, staysTrue } from './support/wait.mjs';

const { scene } = setUp('user details');

/** Runs in the page before anything else: providers and formatters by name. */
function hostFunctions() {
  window.asked = [];
  window.formatted = [];
  const people = (aliases) => aliases.map((userAlias) => ({ userAlias, firstName: 'Ada', lastName: userAlias.split('.')[0], image: '', team: 'blue' }));
  const later = (ms, value) => new Promise((done) => setTimeout(() => done(value), ms));
  const note = (answer) => (aliases) => { window.asked.push([...aliases]); return answer(aliases); };
  window.e2eProviders = {
    good: note((aliases) => Promise.resolve(people(aliases))),
    late: note((aliases) => later(700, people(aliases))),
    tooLate: note((aliases) => later(1900, people(aliases))),
    never: note(() => new Promise(() => {})),
    throws: note(() => { throw new Error('provider defect'); }),
    rejects: note(() => Promise.reject(new Error('provider refusal'))),
    plainArray: note((aliases) => people(aliases)),
    nonsense: note(() => Promise.resolve('nonsense')),
    partial: note((aliases) => Promise.resolve([null, 5, {}, { firstName: 'x' }, ...people(aliases.slice(0, 1))])),
  };
  window.e2eFormatters = {
    full: (user) => { window.formatted.push({ ...user }); return `${user.firstName ?? '?'} ${user.lastName ?? '?'}`; },
    team: (user) => (user.team ? `${user.userAlias} (${user.team})` : user.userAlias),
    throws: () => { throw new Error('formatter defect'); },
    number: () => 42,
    html: () => '<img src=x onerror="window.hacked=1"><b>bold</b>',
    slowAsync: async () => 'a promise is no name',
  };
}

async function crowd(stage, options, names = ['ann', 'ben', 'cat'], fields) {
  const me = await stage.alias('me', fields);
  const others = [];
  for (const name of names) {
    const other = await stage.alias(name, fields);
    await stage.server.addChat(me, other);
    others.push(other);
  }
  const user = await stage.user(me, { init: hostFunctions, options });
  await user.openPanel();
  await user.row(others[0]).waitFor();
  return [user, ...others];
}
const names = async (user) => (await user.rows()).map((row) => row.name).sort();

scene('without either, users go by their alias', async (stage) => {
  const [user, ...others] = await crowd(stage, {});
  assert.deepEqual(await names(user), [...others].sort());
});

scene('the provider’s data reach the formatter, extra keys too, several users in one call', async (stage) => {
  const [user, ann, ben, cat] = await crowd(stage, { provider: 'good', formatter: 'team' });
  await eventuallyEqual(() => names(user), [ann, ben, cat].map((a) => `${a} (blue)`).sort());
  const asked = await user.page.evaluate(() => window.asked);
  assert.ok(asked.some((call) => call.length > 1), `batched: ${JSON.stringify(asked)}`);
  const flat = asked.flat();
  assert.equal(new Set(flat).size, flat.length, 'nobody is asked about twice');
  await user.openChat(ann);
  assert.equal((await user.get('conversation-name').textContent()).trim(), `${ann} (blue)`);
  await user.backToList();
  assert.deepEqual(await user.page.evaluate(() => window.asked.flat().length), flat.length, 'cached');
});

scene('the formatter alone works on what the platform knows', async (stage) => {
  const [user] = await crowd(stage, { formatter: 'full' }, ['ann'], { firstname: 'Grace', lastname: 'Hopper' });
  await eventuallyEqual(() => names(user), ['Grace Hopper']);
});

scene('a provider alone changes nothing: the formatter’s default is the alias', async (stage) => {
  const [user, ...others] = await crowd(stage, { provider: 'good' });
  await eventually(async () => assert.ok((await user.page.evaluate(() => window.asked.length)) > 0));
  await staysTrue(async () => JSON.stringify(await names(user)) === JSON.stringify([...others].sort()), 300);
});

scene('an answer within 1200 ms replaces the first name shown', async (stage) => {
  const [user, ann] = await crowd(stage, { provider: 'late', formatter: 'full' }, ['ann']);
  assert.equal((await names(user))[0].startsWith('Ada'), false, 'something is shown before the provider answers');
  await eventuallyEqual(() => names(user), [`Ada ${ann.split('.')[0]}`]);
});

for (const provider of ['tooLate', 'never', 'throws', 'rejects', 'nonsense']) {
  scene(`a provider that is ${provider} hurts nobody`, async (stage) => {
    stage.expectedFaults = [/provider/i];
    const [user, ann] = await crowd(stage, { provider, formatter: 'team' }, ['ann']);
    await eventually(async () => assert.ok((await user.page.evaluate(() => window.asked.length)) > 0));
    await staysTrue(async () => (await names(user))[0] === ann, provider === 'tooLate' ? 2300 : 500, 'the alias stays');
    await user.openChat(ann);
    await user.send('works all the same');
    await user.state('works all the same', 'sent');
  });
}

scene('entries without an alias are ignored, the good ones used', async (stage) => {
  const [user, ann] = await crowd(stage, { provider: 'partial', formatter: 'team' }, ['ann']);
  await eventually(async () => {
    const asked = (await user.page.evaluate(() => window.asked)).find((call) => call[0] === ann) ?? [];
    if (asked.length) assert.deepEqual(await names(user), [`${ann} (blue)`]);
  });
});

for (const formatter of ['throws', 'number', 'slowAsync']) {
  scene(`a formatter that gives ${formatter} falls back to the alias`, async (stage) => {
    stage.expectedFaults = [/formatter/i];
    const [user, ann] = await crowd(stage, { provider: 'good', formatter }, ['ann']);
    await staysTrue(async () => (await names(user))[0] === ann, 500);
  });
}

scene('HTML from a formatter is shown as text', async (stage) => {
  const [user, ann] = await crowd(stage, { formatter: 'html' }, ['ann']);
  await eventuallyEqual(() => names(user), ['<img src=x onerror="window.hacked=1"><b>bold</b>']);
  await user.openChat(ann);
  assert.equal(await user.page.evaluate(() => window.hacked), undefined);
});

scene('a name and a picture changed over REST reach an open page, list, conversation and own devices', async (stage) => {
  const [user, ann] = await crowd(stage, { formatter: 'full' }, ['ann'], { firstname: 'Ann', lastname: 'Alt' });
  await eventuallyEqual(() => names(user), ['Ann Alt']);
  await stage.server.updateUser(ann, { firstname: 'Anna', lastname: 'Neu' });
  await eventuallyEqual(() => names(user), ['Anna Neu']);
  await user.openChat(ann);
  await eventuallyEqual(async () => (await user.get('conversation-name').textContent()).trim(), 'Anna Neu');
  const pictures = () => user.ui().locator('img').evaluateAll((all) => all.map((img) => ({ path: new URL(img.src).pathname, there: img.naturalWidth > 0 })));
  const first = await stage.server.putAvatar(ann, png());
  await eventuallyEqual(async () => (await pictures()).some(({ path, there }) => there && path === first), true);
  const second = await stage.server.putAvatar(ann, png());
  assert.notEqual(second, first);
  await eventuallyEqual(async () => (await pictures()).every(({ path, there }) => there && path === second), true);
  assert.equal((await fetch(stage.server.origin + first)).status, 200, 'who still shows the old one is not left without');
});
