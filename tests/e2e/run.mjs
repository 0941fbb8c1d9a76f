// Runs the end-to-end tests: all of them, or those whose file name contains one of the words given. With `E2E_ENGINE`,
// those that this engine is asked for.
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engine } from './support/browser/engines.mjs';
import { FILES } from './support/browser/left_out.mjs';
import { checkBuilt, outDir } from './support/paths.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const asked = FILES[engine]?.map((name) => `${name}.test.mjs`);
const files = readdirSync(here)
  .filter((name) => name.endsWith('.test.mjs') && (asked?.includes(name) ?? true))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .map((name) => join(here, name));
const missing = asked?.filter((name) => words.length === 0 && !files.includes(join(here, name))) ?? [];
if (files.length === 0 || missing.length > 0) {
  console.error(missing.length ? `no such test files: ${missing.join(', ')}` : `no test file matches ${words.join(', ')}`);
  process.exit(2);
}
checkBuilt();
for (const name of readdirSync(outDir)) if (name.endsWith('.png')) rmSync(join(outDir, name));

const atOnce = process.env.E2E_JOBS ?? Math.min(2, availableParallelism());
const run = spawn(process.execPath, ['--test', '--test-reporter=spec', `--test-concurrency=${atOnce}`, ...files], { stdio: 'inherit' });
run.on('exit', (code) => process.exit(code ?? 1));
