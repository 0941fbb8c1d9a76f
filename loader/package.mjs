// Makes the npm package out of what was built: minified already, so this only picks, describes and compresses.
// usage: node loader/package.mjs <built folder> <dist folder> [--quick]

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {Record<string, string>} what each file is for */
export const FILES = {
  'bandyer-widget.min.js': 'the classic script: CommonJS, AMD or `window.BandyerChat`',
  'bandyer-widget.mjs': 'the ES module',
  'bandyer_chat_widget.js': 'the widget: glue',
  'bandyer_chat_widget_bg.wasm': 'the widget: WebAssembly',
  'bandyer_desk.js': 'the whiteboard of calls: glue',
  'bandyer_desk_bg.wasm': 'the whiteboard of calls: WebAssembly',
  'bandyer_frame.js': 'frame mode: the host page’s side',
  'embed.html': 'frame mode: the page in the frame, served as /embed',
  'embed.js': 'frame mode: its script',
  'index.d.ts': 'types',
  'index.d.mts': 'types for `import`',
  'index.d.cts': 'types for `require`',
};

const [from, to, flag] = process.argv.slice(2);
if (!from || !to) throw new Error('usage: node loader/package.mjs <from> <to> [--quick]');
/** For the developer's own eyes: hardly compressed, and it may name his folders. */
const quick = flag === '--quick';
await mkdir(to, { recursive: true });
for (const old of await readdir(to)) {
  // A server that `dist --server` put there is not ours to delete.
  if (!old.startsWith('bandyer-server')) await rm(join(to, old), { recursive: true });
}
for (const name of Object.keys(FILES)) await copyFile(join(from, name), join(to, name));
if (!quick) for (const name of Object.keys(FILES).filter((name) => name.endsWith('.wasm'))) await checkPaths(join(to, name));
await writeFile(join(to, 'package.json'), JSON.stringify(await manifest(), null, 2) + '\n');
await copyFile(join(root, 'README.md'), join(to, 'README.md'));
await Promise.all(Object.keys(FILES).filter((name) => !/\.d\.[cm]?ts$/.test(name)).map((name) => compress(join(to, name))));

async function manifest() {
  const cargo = await readFile(join(root, 'Cargo.toml'), 'utf8');
  const version = /^\[workspace\.package\]\nversion = "(.+)"$/m.exec(cargo)?.[1];
  if (!version) throw new Error('Cargo.toml has no version');
  return {
    name: '@bandyer/bandyer-chat-widget',
    version,
    description: 'Chat widget: one script tag, and the users of a site are talking.',
    license: 'MIT OR Apache-2.0',
    main: './bandyer-widget.min.js',
    module: './bandyer-widget.mjs',
    types: './index.d.ts',
    unpkg: './bandyer-widget.min.js',
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './bandyer-widget.mjs' },
        require: { types: './index.d.cts', default: './bandyer-widget.min.js' },
      },
      './bandyer-widget.min.js': './bandyer-widget.min.js',
      './package.json': './package.json',
    },
    sideEffects: ['./bandyer-widget.min.js'],
    files: [...Object.keys(FILES), 'README.md'],
  };
}

/** The folders of the machine that built it are nobody's business, and make builds differ. */
async function checkPaths(wasm) {
  const text = await readFile(wasm, 'latin1');
  for (const folder of [process.env.HOME, root]) {
    if (folder && folder.length > 1 && text.includes(folder + '/')) throw new Error(`${wasm} contains ${folder}`);
  }
}

/** Servers hand these out as they are. */
async function compress(file) {
  const bytes = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: quick ? 0 : 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(file + '.br', await promisify(brotliCompress)(bytes, { params }));
  await writeFile(file + '.gz', await promisify(gzip)(bytes, { level: quick ? 1 : 9 }));
}
