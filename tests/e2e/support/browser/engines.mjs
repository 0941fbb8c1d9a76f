// Which browser the scenes run in: `$E2E_ENGINE`, else Chromium. And what the others are not asked to do, and why.
import { chromium as playwright } from 'playwright-core';
import { chromium } from '../paths.mjs';
import { launchFirefox } from './firefox.mjs';
import { LEFT_OUT } from './left_out.mjs';
import { launchWebKit } from './webkit.mjs';

export const engine = process.env.E2E_ENGINE ?? 'chromium';

export const browserFlags = [
  '--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--disable-domain-reliability', '--metrics-recording-only', '--no-default-browser-check', '--disable-dev-shm-usage',
  '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding', '--disable-background-timer-throttling',
];

/** `audible`: its sound is played, and so another tab can hear it; else nothing of it leaves the browser. */
export const launchChromium = (flags = [], { audible = false } = {}) => playwright.launch({
  executablePath: chromium, headless: true, args: [...browserFlags, ...flags], ignoreDefaultArgs: audible ? ['--mute-audio'] : [],
});

const LAUNCH = { chromium: launchChromium, firefox: launchFirefox, webkit: launchWebKit };

/** A browser of the engine the scenes run in; the flags are Chromium's, of which others take the name of the devices. */
export function launchBrowser(flags = [], options = {}) {
  if (!LAUNCH[engine]) throw new Error(`E2E_ENGINE=${engine}: there are ${Object.keys(LAUNCH).join(', ')}`);
  return LAUNCH[engine](flags, options);
}

/** Scenes that this engine is said to leave out, and that there are not: a list that nobody needs any more. */
export function neverDeclared(area, names) {
  return Object.keys(LEFT_OUT[engine]?.[area] ?? {}).filter((name) => name !== '*' && !names.includes(name));
}

/** For a scene that this engine leaves out: the reason, told by the runner. */
export function leftOut(area, name, motion) {
  const once = motion === 'reduce' && engine !== 'chromium' ? 'scenes that run with less motion, too, do so in Chromium' : undefined;
  const reason = LEFT_OUT[engine]?.[area]?.[name] ?? LEFT_OUT[engine]?.[area]?.['*'] ?? once;
  return reason ? { skip: `${engine}: ${reason}` } : {};
}
