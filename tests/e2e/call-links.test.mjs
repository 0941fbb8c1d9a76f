// Call links in real browsers: the landing page, the direct page, both sides in a call, and links that lead nowhere.
import assert from 'node:assert/strict';
import { makeRoom, setUpCalls } from './support/calls.mjs';
import { installMediaProbe } from './support/media.mjs';
import { User } from './support/user.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUpCalls('call links');

/** A room of two, and the link of each. */
async function room(stage, fields = {}) {
  const [anna, bob] = await Promise.all([
    stage.alias('anna', { firstname: 'Anna', lastname: 'Rossi' }), stage.alias('bob', { role: 'basic' }),
  ]);
  const { id, links } = await makeRoom(stage, [anna, bob], { initiatorAlias: anna, ...fields });
  return { anna, bob, name: id, links: [links[anna], links[bob]] };
}

/** Somebody who opens a link; `other` in the other browser. */
async function opens(stage, alias, link, { other = false, ...options } = {}) {
  const permissions = ['camera', 'microphone'];
  const browser = other ? stage.other : stage.browser;
  const page = await (await stage.context({ browser, permissions, ...options })).newPage();
  await User.prepare(page);
  await page.addInitScript(installMediaProbe);
  const user = new User(alias, page, { server: stage.server });
  stage.users.push(user);
  await user.goto(link);
  return user;
}

const stands = (user, state) =>
  eventually(async () => assert.equal(await user.page.evaluate(() => document.body.dataset.state), state));

scene('two people meet through their links, and the page says when it is over', async (stage) => {
  const { anna, bob, name, links } = await room(stage, { description: 'About <b>the roof</b>' });
  const host = await opens(stage, anna, links[0]);
  const guest = await opens(stage, bob, links[1], { other: true });
  assert.match(await guest.page.textContent('.ready h1'), /Anna Rossi invites you to a call/);
  assert.equal(await guest.page.textContent('.about'), 'About <b>the roof</b>');
  assert.deepEqual(await guest.probe('live'), [], 'nothing is open before the click');
  await host.page.click('.ready [data-join]');
  await stands(host, 'call');
  await guest.page.click('.ready [data-join]');
  await Promise.all([stands(guest, 'call'), host.inCall(), guest.inCall()]);
  await Promise.all([host.seesCard('second'), guest.seesCard('first'), host.hears('second'), guest.hears('first')]);
  const info = async () => (await stage.server.rest('GET', `/rest/room/info/${name}`)).room;
  assert.equal((await info()).status, 'RUNNING');

  await guest.get('call-hang-up').click();
  await Promise.all([stands(host, 'over'), stands(guest, 'over'), host.leftNothing(), guest.leftNothing()]);
  const { dialInfo } = await info();
  assert.deepEqual(dialInfo.sessions.details[0].users.sort(), [anna, bob].sort());

  await guest.page.click('.over [data-join]');
  await stands(guest, 'call');
  await guest.get('call-waiting').getByText('Waiting for Anna Rossi…').waitFor();
});

scene('a direct link enters at once', async (stage) => {
  const { anna, bob, links } = await room(stage, { directCall: true, call_type: 'audio_only' });
  const host = await opens(stage, anna, links[0]);
  await stands(host, 'call');
  const guest = await opens(stage, bob, links[1], { other: true });
  await Promise.all([stands(guest, 'call'), host.inCall(), guest.inCall()]);
  await Promise.all([host.hears('second'), guest.hears('first')]);
});

scene('a closed room and a second window are told in words', async (stage) => {
  stage.expectedFaults = [/Failed to load resource/];
  const { anna, bob, name, links } = await room(stage);
  const host = await opens(stage, anna, links[0]);
  await host.page.click('.ready [data-join]');
  await stands(host, 'call');
  const again = await opens(stage, anna, links[0]);
  await again.page.click('.ready [data-join]');
  await stands(again, 'problem');
  assert.match(await again.page.textContent('#problem-code'), /^[A-Z_]+$/);
  assert.ok((await again.page.textContent('#problem-text')).length > 10);

  await stage.server.rest('PUT', `/rest/room/disable/${name}`, {});
  await stands(host, 'over');
  await host.page.click('.over [data-join]');
  await stands(host, 'problem');
  assert.equal(await host.page.textContent('#problem-code'), 'link_closed');
  const late = await opens(stage, bob, links[1], { other: true, locale: 'it-IT' });
  await stands(late, 'problem');
  assert.equal(await late.page.textContent('#problem-code'), 'link_closed');
  assert.match(await late.page.textContent('h1'), /Impossibile/);
});
