// Where the built product lies. Both can be pointed elsewhere, so that a packaged build can be tested as well.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../../..');
export const outDir = join(root, 'tests/e2e/out');
mkdirSync(outDir, { recursive: true });

const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const widgetDir = resolve(process.env.BANDYER_WIDGET ?? join(root, 'dist'));
export const demoDir = resolve(process.env.BANDYER_DEMO ?? join(root, 'demo'));
export const chromium = process.env.CHROME ?? '/usr/bin/chromium';

export function serverBinary() {
  const candidates = process.env.BANDYER_SERVER
    ? [process.env.BANDYER_SERVER]
    : [join(target, 'release/bandyer-server'), join(target, 'debug/bandyer-server')];
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error(`no bandyer-server in ${candidates.join(' or ')}: build it, or set BANDYER_SERVER`);
  return found;
}

export function checkBuilt() {
  if (!existsSync(widgetDir)) throw new Error(`no widget in ${widgetDir}: run cargo xtask dist, or set BANDYER_WIDGET`);
  serverBinary();
}
