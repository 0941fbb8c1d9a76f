// Prints what a page loads, as a table: until the launcher shows, until chatting, and in all.
// usage: node loader/size.mjs <dist folder>

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

const folder = process.argv[2];
if (!folder) throw new Error('usage: node loader/size.mjs <dist folder>');

const LOADER = ['bandyer-widget.min.js'];
const WIDGET = ['bandyer_chat_widget.js', 'bandyer_chat_widget_bg.wasm'];
const FRAME = ['bandyer_frame.js', 'embed.html', 'embed.js'];
/** Aims in bytes of brotli. */
const AIMS = { 'the script tag': 3_000, 'until the launcher shows': 190_000, 'until chatting': 190_000 };

const rows = [];
for (const file of [...LOADER, ...WIDGET, ...FRAME]) rows.push([file, await sizes([file])]);
// The launcher is the widget's own, and a conversation needs nothing more than it has.
rows.push(['the script tag', await sizes(LOADER)]);
rows.push(['until the launcher shows', await sizes([...LOADER, ...WIDGET])]);
rows.push(['until chatting', await sizes([...LOADER, ...WIDGET])]);
rows.push(['in all, in a frame', await sizes([...LOADER, ...WIDGET, ...FRAME])]);

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
