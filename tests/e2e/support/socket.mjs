// The widget's line to the server, spoken directly: for filling chats quickly and for sending what no widget would.
import { WebSocket } from 'ws';

const version = 2;

export class Line {
  constructor(socket) {
    Object.assign(this, { socket, next: 1, waiting: new Map(), frames: [] });
    socket.on('message', (data) => {
      const frame = JSON.parse(data);
      this.frames.push(frame);
      this.waiting.get(frame.re)?.(frame.msg);
      this.waiting.delete(frame.re);
    });
    this.closed = new Promise((done) => socket.on('close', (code, reason) => done({ code, reason: String(reason) })));
  }

  static async open(server, { origin = server.origin } = {}) {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/client/socket`, { origin, perMessageDeflate: false });
    await new Promise((done, fail) => socket.on('open', done).on('error', fail));
    return new Line(socket);
  }

  static async signedIn(server, alias) {
    const line = await Line.open(server);
    const answer = await line.ask({ session: { authenticate: { token: await server.token(alias), client: 'e2e' } } });
    if (!answer.session?.welcome) throw new Error(`not welcome: ${JSON.stringify(answer)}`);
    return line;
  }

  ask(msg) {
    const id = this.next;
    this.next += 1;
    return new Promise((done) => {
      this.waiting.set(id, done);
      this.socket.send(JSON.stringify({ v: version, id, msg }));
    });
  }

  close() { this.socket.close(); }
}

/**
 * Fills the chat of two users with `count` messages, written by turns in runs of ten, as fast as the server stores
 * them. The server needs generous rate limits, see `generousLimits`.
 */
export async function fillChat(server, first, second, count, text = (n) => `message ${n}`) {
  const chat = [first, second].sort().join('#');
  const lines = [await Line.signedIn(server, first), await Line.signedIn(server, second)];
  const window = 400;
  let sent = 0;
  for (let turn = 0; sent < count; turn = 1 - turn) {
    const run = Math.min(window, count - sent);
    const replies = [];
    for (let n = 0; n < run; n += 1) {
      sent += 1;
      replies.push(lines[turn].ask({ chat: { send_message: { chat, client_id: `fill-${sent}`, body: { text: text(sent) } } } }));
    }
    for (const reply of await Promise.all(replies)) {
      if (!reply.chat?.message_added) throw new Error(`not stored: ${JSON.stringify(reply)}`);
    }
    for (const line of lines) line.frames.length = 0;
  }
  for (const line of lines) line.close();
}

export const generousLimits = ['--messages-per-second', '1000000', '--message-burst', '1000000', '--requests-per-second', '1000000', '--request-burst', '1000000'];
