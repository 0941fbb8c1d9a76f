// Prints what a page loads, as a table: until the launcher shows, until chatting, and in all.
// And what calls add: the same module, made small in the same way, without the functions that have a room of calls in
// their name and what only those use. Types, texts and styles that are shared stay in both.
// usage: node loader/size.mjs <dist folder> <the module before wasm-opt> <flags of wasm-opt…>

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { withoutCalls } from './without-calls.mjs';

const [folder, named, ...flags] = process.argv.slice(2);
if (!named) throw new Error('usage: node loader/size.mjs <dist folder> <the module before wasm-opt> <flags of wasm-opt…>');

const LOADER = ['bandyer-widget.min.js'];
const WIDGET = ['bandyer_chat_widget.js', 'bandyer_chat_widget_bg.wasm'];
const DESK = ['bandyer_desk.js', 'bandyer_desk_bg.wasm'];
const FRAME = ['bandyer_frame.js', 'embed.html', 'embed.js'];
/** Aims in bytes of brotli. */
const AIMS = { 'the script tag': 3_000, 'until the launcher shows': 190_000, 'until chatting': 190_000, 'a call with its board': 450_000 };

const rows = [];
for (const file of [...LOADER, ...WIDGET, ...DESK, ...FRAME]) rows.push([file, await sizes([file])]);
// The launcher is the widget's own, and a conversation needs nothing more than it has.
rows.push(['the script tag', await sizes(LOADER)]);
rows.push(['until the launcher shows', await sizes([...LOADER, ...WIDGET])]);
rows.push(['until chatting', await sizes([...LOADER, ...WIDGET])]);
rows.push(['a call with its board', await sizes([...LOADER, ...WIDGET, ...DESK])]);
rows.push(['in all, in a frame', await sizes([...LOADER, ...WIDGET, ...FRAME])]);

const { module, count, bytes } = withoutCalls(await readFile(named));
const whole = await sizes(['bandyer_chat_widget_bg.wasm']);
const less = await made(module);
rows.push([`of the module, calls (${count} functions, ${bytes.toLocaleString('en')} bytes before wasm-opt)`, whole.map((size, index) => size - less[index])]);

console.log('| loaded | raw | gzip | brotli | aim |\n|---|---:|---:|---:|---:|');
for (const [name, bytes] of rows) {
  const aim = AIMS[name] ? `${AIMS[name] >= bytes[2] ? 'met' : 'MISSED'}: ${AIMS[name].toLocaleString('en')}` : '';
  console.log(`| ${name} | ${bytes.map((count) => count.toLocaleString('en')).join(' | ')} | ${aim} |`);
}

async function sizes(files) {
  const total = [0, 0, 0];
  for (const file of files) {
    for (const [index, suffix] of ['', '.gz', '.br'].entries()) total[index] += (await stat(join(folder, file + suffix))).size;
  }
  return total;
}

/** A module's sizes when it is made small and compressed as the one that ships. */
async function made(module) {
  const place = await mkdtemp(join(tmpdir(), 'bandyer-size-'));
  const [before, after] = [join(place, 'before.wasm'), join(place, 'after.wasm')];
  await writeFile(before, module);
  execFileSync('wasm-opt', [before, ...flags, '--output', after], { stdio: 'inherit' });
  const small = await readFile(after);
  await rm(place, { recursive: true });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: small.length };
  return [small.length, gzipSync(small, { level: 9 }).length, brotliCompressSync(small, { params }).length];
}
