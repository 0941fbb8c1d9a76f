// WebDriver BiDi: commands and their answers, and events, over one socket.
import { EventEmitter, once } from 'node:events';
import { WebSocket } from 'ws';

export class Bidi extends EventEmitter {
  /** Connects to a browser and begins a session. */
  static async open(address) {
    const socket = new WebSocket(`${address}/session`, { maxPayload: 2 ** 30, perMessageDeflate: false });
    await once(socket, 'open');
    const bidi = new Bidi();
    Object.assign(bidi, { socket, count: 0, asked: new Map() });
    bidi.setMaxListeners(0);
    socket.on('message', (text) => bidi.hear(JSON.parse(text)));
    socket.on('close', () => bidi.lose());
    await bidi.ask('session.new', { capabilities: { alwaysMatch: { unhandledPromptBehavior: { default: 'ignore' } } } });
    return bidi;
  }

  ask(method, params) {
    return new Promise((resolve, reject) => {
      const id = ++this.count;
      this.asked.set(id, { method, resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }), (error) => error && reject(error));
    });
  }

  hear({ type, id, result, error, message, method, params }) {
    if (type === 'event') return this.emit(method, params);
    const question = this.asked.get(id);
    this.asked.delete(id);
    if (type === 'success') return question?.resolve(result);
    return question?.reject(new Error(`${question.method}: ${error}: ${message}`));
  }

  lose() {
    for (const { method, reject } of this.asked.values()) reject(new Error(`${method}: the browser is gone`));
    this.asked.clear();
  }
}
