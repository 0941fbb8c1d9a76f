// A sound server without a sound card, for browsers whose audio stands still without one.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../wait.mjs';

/** `{env, close}`: what a browser needs in its environment to find it. */
export async function startSound() {
  const folder = mkdtempSync(join(tmpdir(), 'bandyer-sound-'));
  const socket = join(folder, 'socket');
  const flags = [
    '-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--high-priority=no', '--realtime=no', '--disable-shm=yes',
    '-L', 'module-null-sink rate=48000', '-L', `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
  ];
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder };
  const child = spawn('pulseaudio', flags, { env, stdio: 'ignore' });
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  const over = new Promise((done) => child.once('exit', () => { process.off('exit', orphan); done(); }));
  await eventually(() => existsSync(socket), { timeout: 20_000, message: 'pulseaudio does not start' });
  return {
    env: { PULSE_SERVER: `unix:${socket}` },
    async close() {
      child.kill('SIGKILL');
      await over;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
