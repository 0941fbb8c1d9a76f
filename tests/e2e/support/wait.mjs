// Waiting for a condition: always by asking again, never by sleeping a guessed time.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** Repeats `check` until it neither throws nor returns false, and returns what it returned. */
export async function eventually(check, { timeout = 20_000, every = 40, message } = {}) {
  const end = performance.now() + timeout;
  for (;;) {
    let failure;
    try {
      const value = await check();
      if (value !== false) return value;
      failure = new Error('still false');
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) {
      if (message) failure.message = `${message}: ${failure.message}`;
      throw failure;
    }
    await pause(every);
  }
}

/** Waits until `read()` deeply equals `expected`; fails with the difference of the last look. */
export const eventuallyEqual = (read, expected, options = {}) =>
  eventually(async () => assert.deepEqual(await read(), expected, options.message), { ...options, message: undefined });

/** Watches for `ms` that `check` stays true: for "nothing happens" there is no event to wait for. */
export async function staysTrue(check, ms, message) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    assert.ok(await check(), message);
    await pause(50);
  }
}

/** For numbers such as median and 95th percentile. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export { pause };
