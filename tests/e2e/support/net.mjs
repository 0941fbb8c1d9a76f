// The network between browser and server: a TCP relay that can be cut, frozen and mended.
import dgram from 'node:dgram';
import net from 'node:net';

// Below the ports that the system gives to whoever asks for any: a server may come back to its own after a while.
const FIRST = 20_000;
const COUNT = 12_000;
let given = 0;


/** A port nobody listens on right now. */
export async function freePort() {
  for (;;) {
    const port = FIRST + ((process.pid * 101 + given) % COUNT);
    given += 1;
    if ((await isFree(net.createServer(), 'listen', port)) && (await isFree(dgram.createSocket('udp4'), 'bind', port))) return port;
  }
}

function isFree(socket, take, port) {
  return new Promise((done) => {
    socket.once('error', () => done(false));
    socket.once('listening', () => socket.close(() => done(true)));
    socket[take](port, '127.0.0.1');
  });
}

/**
 * Relays to `targetPort`. `cut()` drops every connection and refuses new ones, as an unplugged cable and a router that
 * says so; `freeze()` lets connections stand but moves no byte, as a train in a tunnel; `mend()` ends both.
 */
export async function startRelay(targetPort) {
  const pairs = new Set();
  let broken = false;
  let frozen = false;
  const relay = net.createServer((inner) => {
    if (broken) return inner.destroy();
    const outer = net.connect(targetPort, '127.0.0.1');
    const pair = { inner, outer };
    pairs.add(pair);
    const drop = () => {
      inner.destroy();
      outer.destroy();
      pairs.delete(pair);
    };
    for (const [from, to] of [[inner, outer], [outer, inner]]) {
      from.on('data', (bytes) => { if (!to.write(bytes)) from.pause(); });
      to.on('drain', () => { if (!frozen) from.resume(); });
      from.on('error', drop);
      from.on('close', drop);
      if (frozen) from.pause();
    }
  });
  await new Promise((done) => relay.listen(0, '127.0.0.1', done));
  const { port } = relay.address();
  const each = (action) => { for (const { inner, outer } of pairs) { inner[action](); outer[action](); } };
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    cut() { broken = true; each('destroy'); pairs.clear(); },
    freeze() { frozen = true; each('pause'); },
    mend() { broken = false; frozen = false; each('resume'); },
    connections: () => pairs.size,
    async close() { each('destroy'); await new Promise((done) => relay.close(done)); },
  };
}
