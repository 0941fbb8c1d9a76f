// A real bandyer-server on a folder of its own: started, killed, restarted, and spoken to over REST.
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoDir, serverBinary, widgetDir } from './paths.mjs';
import { freePort } from './net.mjs';
import { eventually } from './wait.mjs';

export const apiKey = 'e2e-key-0123456789abcdef0123456789abcdef';
export const tokenSecret = 'e2e-secret-0123456789abcdef0123456789abcdef';

const base64url = (value) => Buffer.from(value).toString('base64url');

/** A token signed as the server would; `claims` overrides, `secret` and `header` make wrong ones. */
export function mintToken(alias, { seconds = 3600, claims = {}, secret = tokenSecret, header = { alg: 'HS256', typ: 'JWT' } } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const body = { iss: 'bandyer-server', aud: 'bandyer-widget', sub: alias, iat: now, exp: now + seconds, typ: 'access', ...claims };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(body))}`;
  const mark = header.alg === 'none' ? '' : createHmac('sha256', secret).update(signed).digest('base64url');
  return `${signed}.${mark}`;
}

class Server {
  constructor(port, dataDir, flags) {
    Object.assign(this, { port, dataDir, flags, log: '' });
    this.origin = `http://127.0.0.1:${port}`;
  }

  async start() {
    const flags = [
      '--listen', `127.0.0.1:${this.port}`, '--data', this.dataDir, '--widget-folder', widgetDir,
      '--demo', '--demo-folder', demoDir, ...this.flags,
    ];
    const env = { ...process.env, BANDYER_API_KEY: apiKey, BANDYER_TOKEN_SECRET: tokenSecret };
    const child = spawn(serverBinary(), flags, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    // A script that breaks leaves no server behind.
    const orphan = () => child.kill('SIGKILL');
    process.once('exit', orphan);
    child.on('exit', () => process.off('exit', orphan));
    this.exited = new Promise((done) => child.on('exit', (code, signal) => { child.over = { code, signal }; done(child.over); }));
    const keep = (bytes) => { this.log = (this.log + bytes).slice(-200_000); };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await eventually(async () => {
      if (child.over) throw new Error(`server ended: ${JSON.stringify(child.over)}\n${this.log.slice(-2000)}`);
      return (await fetch(`${this.origin}/readyz`)).ok;
    }, { timeout: 15_000, message: 'server is not ready' });
    return this;
  }

  /** As a power cut: nothing is flushed, nobody is told. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** As an operator: the server says goodbye to its clients first. */
  async stop() {
    if (!this.child || this.child.over) return this.child?.over;
    this.child.kill('SIGTERM');
    return this.exited;
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  async close() {
    await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async request(method, path, body, headers = { apikey: apiKey }) {
    const response = await fetch(this.origin + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    return { status: response.status, json, text };
  }

  /** Like `request`, for what must succeed. */
  async rest(method, path, body) {
    const answer = await this.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async createUser(alias, fields = {}) {
    await this.rest('POST', '/rest/user/create', { id: alias, role: 'plus', ...fields });
    return alias;
  }

  updateUser(alias, fields) { return this.rest('PUT', `/rest/user/update/${alias}`, fields); }

  /** Gives the user a picture; its path comes back. */
  async putAvatar(alias, picture) {
    const form = new FormData();
    form.append('avatar', new Blob([picture]), 'me.png');
    const response = await fetch(`${this.origin}/rest/user/avatar/update/${alias}`, { method: 'PUT', headers: { apikey: apiKey }, body: form });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()).avatar_url;
  }

  deleteUser(alias) { return this.rest('DELETE', `/rest/user/delete/${alias}`); }
  addChat(...users) { return this.rest('POST', '/rest/chat/add', { users }); }
  removeChat(...users) { return this.rest('POST', '/rest/chat/remove', { users }); }

  async token(alias) {
    return (await this.rest('POST', '/rest/sdk/credentials', { user_id: alias, expires_in: 3600 })).access_token;
  }

  post(sender, other, message) {
    return this.rest('POST', '/rest/chat/messages', { users: [sender, other], sender, message });
  }

  /** Everything stored in a chat, oldest first, as `[from, body]`. */
  async stored(a, b) {
    const all = [];
    for (let page = 0; ; page += 1) {
      const query = new URLSearchParams({ order: 'asc', page_number: String(page), page_size: '100' });
      query.append('users', a);
      query.append('users', b);
      const { messages } = await this.rest('GET', `/rest/chat/messages?${query}`);
      all.push(...messages);
      if (messages.length < 100) return all;
    }
  }
}

/** Starts a server on a fresh folder and a port that stays the same over restarts. */
export async function startServer({ flags = [], port } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bandyer-e2e-'));
  return new Server(port ?? (await freePort()), dataDir, flags).start();
}

export const uniqueAlias = (name) => `${name}.${randomUUID().slice(0, 8)}`;
