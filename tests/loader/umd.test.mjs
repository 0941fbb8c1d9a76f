// The files as they are published: three ways to load the script, the module, no window, old browsers, size.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';
import { brotliCompressSync } from 'node:zlib';
import ts from 'typescript';
import { folder, good, newPage, source } from './support/page.mjs';

test('a script tag adds one global and no other', () => {
  const before = newPage({ script: null, globals: { BandyerChat: { version: () => 'kept' } } });
  const names = Object.getOwnPropertyNames(before.window);
  const page = newPage();
  assert.deepEqual(Object.getOwnPropertyNames(page.window).filter((name) => !names.includes(name)), []);
  assert.ok(page.window.BandyerChat.create);
});

test('loaded twice, the first stays, with its session', async () => {
  const page = newPage();
  const first = page.window.BandyerChat;
  await first.create(good);
  page.run();
  assert.equal(page.window.BandyerChat, first);
  assert.equal(page.window.BandyerChat.isAuthenticated(), true);
});

test('what else the page calls BandyerChat gives way', () => {
  const page = newPage({ globals: { BandyerChat: { queue: [] } } });
  assert.equal(page.window.BandyerChat.version(), '1.45.0');
});

test('CommonJS and AMD get the API, and the page no global', () => {
  const module = { exports: {} };
  newPage({ globals: { module } });
  assert.equal(module.exports.version(), '1.45.0');
  let made;
  const define = Object.assign((names, factory) => (made = factory()), { amd: {} });
  const page = newPage({ globals: { define } });
  assert.equal(made.version(), '1.45.0');
  assert.equal(page.window.BandyerChat, undefined);
});

test('require and import work without a window', async () => {
  // As in the published package, which is CommonJS by default.
  const required = { exports: {} };
  vm.runInNewContext(source, { module: required });
  assert.equal(required.exports.version(), '1.45.0');
  assert.equal(required.exports.isAuthenticated(), false);
  const { default: imported } = await import(join(folder, 'bandyer-widget.mjs'));
  assert.equal(imported.version(), '1.45.0');
  assert.equal(await imported.logout(), undefined);
  assert.throws(() => imported.create({}), { name: 'InvalidConfigError' });
  assert.ok(createRequire(import.meta.url));
});

test('the loader is ES5, so that an old browser can read that it is too old', () => {
  const modern = [];
  const { SyntaxKind } = ts;
  const kinds = [
    SyntaxKind.ArrowFunction, SyntaxKind.ClassDeclaration, SyntaxKind.ClassExpression, SyntaxKind.TemplateExpression, SyntaxKind.SpreadElement,
    SyntaxKind.NoSubstitutionTemplateLiteral, SyntaxKind.ShorthandPropertyAssignment, SyntaxKind.MethodDeclaration, SyntaxKind.ForOfStatement,
    SyntaxKind.ImportKeyword, SyntaxKind.AwaitExpression, SyntaxKind.ObjectBindingPattern, SyntaxKind.ArrayBindingPattern, SyntaxKind.ComputedPropertyName,
    SyntaxKind.QuestionQuestionToken, SyntaxKind.QuestionDotToken, SyntaxKind.SpreadAssignment,
  ];
  const look = (node) => {
    if (kinds.includes(node.kind)) modern.push(SyntaxKind[node.kind]);
    if (ts.isVariableDeclarationList(node) && node.flags & ts.NodeFlags.BlockScoped) modern.push('let or const');
    if (ts.isParameter(node) && node.initializer) modern.push('default parameter');
    if (ts.isCatchClause(node) && !node.variableDeclaration) modern.push('catch without a name');
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile('loader.js', source, ts.ScriptTarget.Latest, true));
  assert.deepEqual(modern, []);
});

test('without promises create throws by name, and the script still loads', () => {
  const page = newPage({ without: (window) => (window.Promise = undefined) });
  assert.throws(() => page.api.create(good), { message: 'browser_not_supported' });
});

test('the script is at most 3 KB of brotli', () => {
  for (const name of ['bandyer-widget.min.js', 'bandyer-widget.mjs']) {
    const size = brotliCompressSync(readFileSync(join(folder, name))).length;
    assert.ok(size <= 3000, `${name}: ${size} bytes`);
  }
});
