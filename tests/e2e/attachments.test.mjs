// Files and pictures in a chat: picked, dropped, pasted, sent, cancelled, retried, shown, downloaded, and never run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { networkNoise, setUp } from './support/stage.mjs';
import { file, png } from './support/files.mjs';
import { eventually } from './support/wait.mjs';

const { scene } = setUp('attachments');

async function talking(stage, where = {}) {
  const [alice, bob] = await stage.pair({ first: where });
  await Promise.all([alice.openChat(bob.alias), bob.openChat(alice.alias)]);
  return [alice, bob];
}
const pick = (user, ...files) => user.get('file-input').setInputFiles(files);

async function download(user, locator) {
  const [got] = await Promise.all([user.page.waitForEvent('download'), locator.click()]);
  return { name: got.suggestedFilename(), content: readFileSync(await got.path()) };
}

/** Hands files to an event as a person’s hand would: with a DataTransfer. */
function give(user, testId, type, files) {
  const plain = files.map((f) => ({ name: f.name, mimeType: f.mimeType, bytes: [...f.buffer] }));
  return user.get(testId).evaluate((node, [kind, given]) => {
    const transfer = new DataTransfer();
    for (const f of given) transfer.items.add(new File([new Uint8Array(f.bytes)], f.name, { type: f.mimeType }));
    const fire = (event) => node.dispatchEvent(event);
    if (kind === 'paste') {
      const paste = new ClipboardEvent('paste', { bubbles: true, cancelable: true, composed: true });
      // Not every engine takes it from the constructor.
      return fire(Object.defineProperty(paste, 'clipboardData', { value: transfer }));
    }
    for (const step of ['dragenter', 'dragover', 'drop']) fire(new DragEvent(step, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
  }, [type, plain]);
}

scene('a picked file arrives and downloads byte for byte', async (stage) => {
  const [alice, bob] = await talking(stage);
  const content = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 31) & 255));
  await pick(alice, file('report.bin', content));
  await alice.state('report.bin', 'read');
  const row = bob.get('message').filter({ hasText: 'report.bin' });
  await row.waitFor();
  const got = await download(bob, row.getByTestId('file-download'));
  assert.equal(got.name, 'report.bin');
  assert.ok(got.content.equals(content));
  const sent = await alice.event('message_sent');
  assert.equal(sent.text, 'report.bin');
  await bob.backToList();
  await eventually(async () => assert.match((await bob.rows())[0].last, /report\.bin/));
});

scene('a picture shows at both sides', async (stage) => {
  const [alice, bob] = await talking(stage);
  await pick(alice, file('sunset.png', png(), 'image/png'));
  for (const user of [alice, bob]) {
    const picture = user.get('picture-preview').locator('img').or(user.ui().locator('img[data-testid="picture-preview"]'));
    await picture.waitFor();
    await eventually(async () => assert.deepEqual(await picture.evaluate((img) => [img.naturalWidth, img.naturalHeight]), [64, 48]));
    assert.match(await picture.getAttribute('alt'), /sunset\.png/);
  }
});

scene('dropped and pasted files go the same way', async (stage) => {
  const [alice, bob] = await talking(stage);
  await give(alice, 'thread', 'drop', [file('dropped.txt', 'by mouse'), file('too.txt', 'both')]);
  await bob.get('message').filter({ hasText: 'dropped.txt' }).waitFor();
  await bob.get('message').filter({ hasText: 'too.txt' }).waitFor();
  await give(alice, 'composer', 'paste', [file('pasted.png', png(), 'image/png')]);
  await bob.get('message').filter({ hasText: 'pasted.png' }).or(bob.get('picture-preview')).first().waitFor();
  assert.equal(alice.page.url().includes('page-'), true, 'the page did not navigate to the file');
});

/** What is on the clipboard after copying: texts by type, and files. Says whether the paste was left to the browser. */
const paste = (user, texts, files = []) => user.composer.evaluate((field, [given, bytes]) => {
  const transfer = new DataTransfer();
  for (const [type, text] of Object.entries(given)) transfer.setData(type, text);
  for (const one of bytes) transfer.items.add(new File([new Uint8Array(one.bytes)], one.name, { type: one.mimeType }));
  const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, composed: true });
  // Not every engine takes it from the constructor.
  return field.dispatchEvent(Object.defineProperty(event, 'clipboardData', { value: transfer }));
}, [texts, files.map(({ name, mimeType, buffer }) => ({ name, mimeType, bytes: [...buffer] }))]);

scene('words that are copied with a picture of them are words; files with their names beside them are files', async (stage) => {
  const [alice, bob] = await talking(stage);
  const picture = file('image.png', png(), 'image/png');
  assert.equal(await paste(alice, { 'text/plain': 'a\tb', 'text/html': '<table><tr><td>a<td>b</table>' }, [picture]), true, 'a spreadsheet');
  assert.equal(await paste(alice, { 'text/plain': 'words', 'text/rtf': '{}' }, [picture]), true, 'a word processor');
  assert.equal(await paste(alice, { 'text/html': '<img src="x.png">' }, [picture]), false, 'a picture of a web page');
  assert.equal(await paste(alice, { 'text/plain': '/srv/me/plan.txt', 'text/uri-list': 'file:///srv/me/plan.txt' }, [file('plan.txt', 'x')]), false, 'a file manager');
  await bob.get('picture-preview').waitFor();
  await bob.get('message').filter({ hasText: 'plan.txt' }).waitFor();
  assert.equal(await bob.get('message').count(), 2);
});

scene('a table copied for real is pasted as text', async (stage) => {
  const [alice] = await talking(stage, { contextOptions: { permissions: ['clipboard-read', 'clipboard-write'] } });
  await alice.page.evaluate(async (bytes) => {
    const part = (type, ...parts) => [type, new Blob(parts, { type })];
    const item = Object.fromEntries([part('text/plain', 'a\tb'), part('text/html', '<table><tr><td>a<td>b</table>'), part('image/png', new Uint8Array(bytes))]);
    await navigator.clipboard.write([new ClipboardItem(item)]);
  }, [...png()]);
  await alice.composer.click();
  await alice.page.keyboard.press('Control+v');
  await eventually(async () => assert.equal(await alice.composer.inputValue(), 'a\tb'));
  assert.equal(await alice.get('message').count(), 0);
});

scene('the place to drop files goes when the pointer does, whatever became of what it was over', async (stage) => {
  const [alice, bob] = await talking(stage);
  await bob.send('hover over me');
  await alice.message('hover over me').waitFor();
  const hover = (testId, type) => alice.get(testId).last().evaluate((node, kind) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'x.txt'));
    return node.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
  }, type);
  await hover('message', 'dragenter');
  await hover('message', 'dragover');
  await alice.get('drop-overlay').waitFor();
  // What was hovered over goes: its leave is never told.
  await stage.server.removeChat(alice.alias, bob.alias);
  await stage.server.addChat(alice.alias, bob.alias);
  await alice.openChat(bob.alias);
  await alice.get('drop-overlay').waitFor({ state: 'hidden' });
  await hover('thread', 'dragenter');
  await hover('thread', 'dragover');
  await alice.get('drop-overlay').waitFor();
  await alice.get('drop-overlay').waitFor({ state: 'hidden' });
});

scene('a file that misses the conversation does not replace the page', async (stage) => {
  const [alice] = await talking(stage);
  const drop = (selector) => alice.page.evaluate((given) => {
    const node = document.querySelector(given);
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'x.txt'));
    const fire = (type) => node.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
    return [fire('dragover'), fire('drop')];
  }, selector);
  assert.deepEqual(await drop('main'), [false, false], 'the page stays');
  assert.deepEqual(await drop('#Bandyer-bandyer-chat-widget'), [false, false]);
  await alice.page.evaluate(() => { document.querySelector('main').innerHTML = '<input type="file">'; });
  assert.deepEqual(await drop('main input'), [true, true], 'a field of the page takes its files itself');
  await alice.closePanel();
  assert.deepEqual(await drop('main'), [true, true], 'with the chat closed the page is as it was');
});

scene('progress shows, and cancel ends it', async (stage) => {
  const relay = await stage.relay();
  const [alice, bob] = await talking(stage, { origin: relay.origin });
  stage.expectedFaults = networkNoise;
  const client = await alice.page.context().newCDPSession(alice.page);
  await client.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 });
  await pick(alice, file('big.bin', Buffer.alloc(6_000_000, 7)));
  const progress = alice.get('upload-progress');
  await progress.waitFor();
  const value = async () => Number(await progress.getAttribute('aria-valuenow') ?? await progress.evaluate((p) => p.value));
  await eventually(async () => { const now = await value(); assert.ok(now > 0, `${now}`); });
  await alice.get('upload-cancel').click();
  await eventually(async () => assert.deepEqual(await alice.texts(), []));
  await client.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await alice.send('after all not');
  await bob.sees(['after all not']);
});

scene('an upload that breaks can be tried again, or given up', async (stage) => {
  stage.expectedFaults = networkNoise;
  const [alice, bob] = await talking(stage);
  let broken = true;
  await alice.page.route('**/client/uploads**', (route) => (broken && route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue()));
  await pick(alice, file('second-try.txt', 'here'));
  await alice.state('second-try.txt', 'failed', { timeout: 15_000 });
  await alice.get('retry').click();
  await alice.state('second-try.txt', 'failed', { timeout: 15_000 });
  broken = false;
  await alice.get('retry').click();
  await alice.state('second-try.txt', 'read');
  await bob.sees(['second-try.txt']);
  broken = true;
  await pick(alice, file('given-up.txt', 'x'));
  await alice.state('given-up.txt', 'failed', { timeout: 15_000 });
  await alice.get('discard').click();
  await alice.sees(['second-try.txt']);
});

scene('a file over the limit is refused with a word, before a byte is sent', async (stage) => {
  const [alice] = await talking(stage);
  let asked = 0;
  alice.page.on('request', (request) => { if (request.url().includes('/client/uploads')) asked += 1; });
  await alice.get('file-input').evaluate((input) => {
    const big = new File(['x'], 'huge.iso');
    Object.defineProperty(big, 'size', { value: 157_286_401 });
    const transfer = new DataTransfer();
    transfer.items.add(big);
    // A DataTransfer copies the file; the drop target is given the original through a stand-in instead.
    Object.defineProperty(input, 'files', { configurable: true, value: { length: 1, 0: big, item: () => big, [Symbol.iterator]: function* () { yield big; } } });
    input.dispatchEvent(new Event('change', { bubbles: true, composed: true }));
  });
  await alice.get('notice').waitFor();
  assert.match(await alice.get('notice').textContent(), /150/);
  assert.equal(asked, 0);
  assert.deepEqual(await alice.texts(), []);
});

scene('SVG and HTML download and never render', async (stage) => {
  const [alice, bob] = await talking(stage);
  const asked = [];
  bob.page.on('request', (request) => {
    const [, upload] = request.url().match(/\/client\/uploads\/([^/?]+)/) ?? [];
    if (upload) asked.push(upload);
  });
  const script = 'parent.hacked=1;top.hacked=1;window.hacked=1';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${script}"><script>${script}</script></svg>`;
  await pick(alice, file('logo.svg', svg, 'image/svg+xml'));
  await bob.get('message').filter({ hasText: 'logo.svg' }).waitFor();
  await pick(alice, file('page.html', `<!doctype html><script>${script}</script>`, 'text/html'));
  await bob.get('message').filter({ hasText: 'page.html' }).waitFor();
  await pick(alice, file('disguised.png', svg, 'image/png'));
  await bob.get('message').filter({ hasText: 'disguised.png' }).waitFor();
  for (const name of ['logo.svg', 'page.html', 'disguised.png']) {
    const row = bob.get('message').filter({ hasText: name });
    assert.equal(await row.locator('img, iframe, object, embed, svg[onload]').and(bob.get('picture-preview')).count(), 0, `${name} is not shown`);
    const got = await download(bob, row.getByTestId('file-download'));
    assert.equal(got.name, name);
    const { status, headers } = await fetch(`${stage.server.origin}/client/uploads/${asked.at(-1)}`, { headers: { authorization: `Bearer ${bob.token}` } });
    assert.equal(status, 200);
    assert.match(headers.get('content-disposition') ?? '', /^attachment/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  }
  for (const user of [alice, bob]) assert.equal(await user.page.evaluate(() => window.hacked), undefined);
});

scene('a hostile file name is text, and harmless on disk', async (stage) => {
  const [alice, bob] = await talking(stage);
  const name = '..\\..\\<img src=x onerror=window.hacked=1>"\u202Egpj.exe';
  await alice.get('file-input').evaluate((input, given) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['content'], given));
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true, composed: true }));
  }, name);
  const row = bob.get('message').first();
  await row.getByTestId('file-download').waitFor();
  assert.match(await row.getByTestId('file-name').textContent(), /<img src=x onerror=window\.hacked=1>/);
  const got = await download(bob, row.getByTestId('file-download'));
  assert.doesNotMatch(got.name, /[\\/<>"\u202E]/);
  for (const user of [alice, bob]) assert.equal(await user.page.evaluate(() => window.hacked), undefined);
});

scene('nobody else can fetch the file', async (stage) => {
  const [alice, bob] = await talking(stage);
  const links = [];
  for (const user of [alice, bob]) user.page.on('request', (r) => { if (/\/client\/uploads\/[^/?]+/.test(r.url())) links.push(new URL(r.url()).pathname.split('/')[3]); });
  await pick(alice, file('private.png', png(), 'image/png'));
  await bob.get('picture-preview').first().waitFor();
  await eventually(() => assert.ok(links.length > 0));
  const eve = await stage.server.token(await stage.alias('eve'));
  for (const [headers, who] of [[{}, 'nobody'], [{ authorization: `Bearer ${eve}` }, 'eve']]) {
    const answer = await stage.server.request('GET', `/client/uploads/${links[0]}`, undefined, headers);
    assert.ok([401, 403, 404].includes(answer.status), `${who}: ${answer.status}`);
  }
});

scene('files wait for the network like messages do', async (stage) => {
  stage.expectedFaults = networkNoise;
  const relay = await stage.relay();
  const [alice, bob] = await talking(stage, { origin: relay.origin });
  relay.cut();
  await alice.networkBar.waitFor();
  await alice.send('before the file').catch(() => {});
  relay.mend();
  await bob.get('message').filter({ hasText: 'before the file' }).waitFor({ timeout: 20_000 });
  await pick(alice, file('back.txt', 'again'));
  await bob.get('message').filter({ hasText: 'back.txt' }).waitFor();
});
