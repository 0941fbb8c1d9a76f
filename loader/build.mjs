// Bundles the loader, and the page of the frame, into a folder with the bound module.
// usage: node loader/build.mjs <folder> [--release]

import { build } from 'esbuild';
import { access, copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const MODERN = ['chrome101', 'firefox101', 'safari16.4'];

/** Old browsers must be able to read the loader in order to be told that they are too old. */
const es5 = {
  name: 'es5',
  setup: (builder) =>
    builder.onLoad({ filter: /loader[/\\][a-z-]+\.js$/ }, async ({ path }) => ({
      contents: ts.transpileModule(await readFile(path, 'utf8'), {
        fileName: path,
        compilerOptions: { target: ts.ScriptTarget.ES5, module: ts.ModuleKind.ESNext, allowJs: true, ignoreDeprecations: '5.0' },
      }).outputText,
      loader: 'js',
    })),
};

/** @param {string} folder @param {{minify: boolean}} options */
export async function bundle(folder, { minify }) {
  const common = { bundle: true, minify, charset: 'utf8', legalComments: 'none', logLevel: 'warning' };
  const loader = { ...common, target: 'es5', plugins: [es5], logOverride: { 'commonjs-variable-in-esm': 'silent' } };
  const name = (file) => join(folder, file);
  await Promise.all([
    build({
      ...loader,
      entryPoints: [join(here, 'umd.js')],
      outfile: name('bandyer-widget.min.js'),
      format: 'iife',
      define: { 'import.meta.url': '""' },
    }),
    build({
      ...loader,
      entryPoints: [join(here, 'index.js')],
      outfile: name('bandyer-widget.mjs'),
      format: 'esm',
      supported: { 'import-meta': true },
    }),
    build({
      ...common,
      target: MODERN,
      entryPoints: [join(here, 'embed.js')],
      outfile: name('embed.js'),
      format: 'esm',
      external: ['./bandyer_chat_widget.js'],
    }),
    build({
      ...common,
      target: MODERN,
      entryPoints: [join(here, 'frame.js')],
      outfile: name('bandyer_frame.js'),
      format: 'esm',
    }),
    copyFile(join(here, 'embed.html'), name('embed.html')),
    copyFile(join(here, 'index.d.ts'), name('index.d.ts')),
    types(folder),
    glue(folder, { ...common, target: MODERN }, 'bandyer_chat_widget.js', 'glue.js'),
    glue(folder, { ...common, target: MODERN }, 'bandyer_desk.js', 'desk.js'),
  ]);
}

/** The published package is CommonJS by default, so the types of the ES module have to say that they are some. */
async function types(folder) {
  await copyFile(join(here, 'index.d.ts'), join(folder, 'index.d.mts'));
  const cjs = await readFile(join(here, 'index.d.cts'), 'utf8');
  await writeFile(join(folder, 'index.d.cts'), cjs.replace('./index.d.ts', './index.d.mts'));
}

/** What wasm-bindgen generated, wrapped in a file of ours, under the name it had. */
async function glue(folder, options, name, wrapper) {
  const generated = join(folder, name);
  if (!(await access(generated).then(() => true, () => false))) return;
  const alias = {
    name: 'generated',
    setup: (builder) => {
      builder.onResolve({ filter: /^generated$/ }, () => ({ path: generated }));
      builder.onLoad({ filter: new RegExp(`${name}$`) }, async ({ path }) => ({ contents: marked(await readFile(path, 'utf8'), name) }));
    },
  };
  await build({
    ...options,
    entryPoints: [join(here, wrapper)],
    outfile: generated,
    allowOverwrite: true,
    format: 'esm',
    plugins: [alias],
  });
}

/**
 * Yew marks the elements it listens on, with numbers that each module counts by itself. The desk stands inside the
 * widget, and neither may take the other's elements for its own.
 */
const marked = (code, name) => code.replaceAll('__yew_', `__${name.replace(/\W.*/, '')}_`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (!folder) throw new Error('usage: node loader/build.mjs <folder> [--release]');
  await bundle(resolve(folder), { minify: process.argv.includes('--release') });
}
