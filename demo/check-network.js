// The checks of the network: the way to the server, what it looks like from outside, and the relay over UDP and TCP.

import { freshToken } from './demo.js';

const PATIENCE_MS = 6000;
const good = (words) => ({ state: 'good', words });
const warn = (words, code) => ({ state: 'warn', words, code });
const bad = (words, code) => ({ state: 'bad', words, code });
const late = (value) => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, value));

const of = (servers, scheme, transport = '') =>
  servers
    .map((server) => ({ ...server, urls: server.urls.filter((url) => scheme.test(url) && url.includes(transport)) }))
    .filter((server) => server.urls.length);

/** The first candidate of a kind that the servers give, or why there is none. */
async function candidate(iceServers, kind) {
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: kind === 'relay' ? 'relay' : 'all' });
  let error = null;
  const found = new Promise((resolve) => {
    connection.onicecandidate = ({ candidate: one }) => {
      if (!one) resolve(null);
      else if (one.type === kind) resolve(one);
    };
    connection.onicecandidateerror = (event) => { error = event; };
  });
  connection.createDataChannel('check');
  await connection.setLocalDescription();
  const one = await Promise.race([found, late(null)]);
  connection.close();
  return { one, error };
}

function relayProblem(error, transport) {
  if (error?.errorCode === 401) return bad('The relay does not accept the credentials: do the server and coturn share one turn_secret, and are their clocks right?', 'turn_unauthorized');
  if (error?.errorCode === 486) return bad('The relay has no more room for this user (turn_quota).', 'turn_quota');
  const way = transport === 'udp' ? 'Many company networks let no UDP out; then TCP has to work.' : 'A firewall may let only the web’s own ports through: give TURN port 443.';
  return warn(`The relay gave no answer over ${transport.toUpperCase()}. Is its port open? ${way}`, 'turn_unreachable');
}

async function relay(found, transport) {
  const servers = of(found.iceServers ?? [], /^turns?:/, transport);
  if (!servers.length) return warn(`The server names no relay over ${transport.toUpperCase()}.`, 'turn_missing');
  const { one, error } = await candidate(servers, 'relay');
  if (!one) return relayProblem(error, transport);
  (found.relays ??= []).push(transport);
  return good(`The relay gave an address: ${one.address}.`);
}

/** Two connections of this page that may reach each other through the relay only. */
async function through(iceServers) {
  const from = performance.now();
  const [a, b] = [0, 1].map(() => new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' }));
  try {
    for (const [one, other] of [[a, b], [b, a]]) {
      one.onicecandidate = ({ candidate: found }) => other.addIceCandidate(found ?? undefined).catch(() => {});
    }
    const channel = a.createDataChannel('check');
    const arrived = new Promise((resolve) => {
      channel.onopen = () => channel.send('hello');
      b.ondatachannel = (event) => { event.channel.onmessage = () => resolve(performance.now() - from); };
    });
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    return await Promise.race([arrived, late(null)]);
  } finally {
    a.close();
    b.close();
  }
}

async function socket() {
  const address = new URL('../client/socket', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const line = new WebSocket(address);
  const opened = await Promise.race([
    new Promise((resolve) => {
      line.onopen = () => resolve(true);
      line.onerror = () => resolve(false);
    }),
    late(false),
  ]);
  line.close();
  return opened
    ? good(`A WebSocket to ${address.host} opens.`)
    : bad('No WebSocket opens. Does the proxy before the server pass on “Upgrade”, and is this page’s origin among --origins?', 'socket_refused');
}

export const network = [
  { id: 'socket', title: 'Line to the server', run: socket },
  {
    id: 'servers',
    title: 'Helpers for connecting',
    async run(found) {
      const answer = await fetch('../client/ice', { method: 'POST', headers: { authorization: `Bearer ${await freshToken()}` } });
      if (!answer.ok) return bad(`The server tells none (${answer.status}).`, 'ice_refused');
      const host = location.hostname;
      found.iceServers = (await answer.json()).ice_servers.map((server) => ({
        ...server,
        urls: server.urls.map((url) => url.replace('{host}', host)),
      }));
      const urls = found.iceServers.flatMap((server) => server.urls);
      return urls.length
        ? good(`The server names ${urls.join(', ')}.`)
        : bad('The server names neither STUN nor TURN: calls between different networks will mostly fail. See docs/operations.md.', 'ice_missing');
    },
  },
  {
    id: 'outside',
    title: 'Address seen from outside',
    async run(found) {
      const servers = of(found.iceServers ?? [], /^stuns?:/);
      if (!servers.length) return warn('The server names no STUN server.', 'stun_missing');
      const { one } = await candidate(servers, 'srflx');
      if (one) return good(`It is ${one.address}. Browsers on both sides can try the direct way.`);
      // Without a NAT between, the address seen is the own one, and the browser does not repeat it.
      return good('The server sees the address that this machine has, or hears no UDP from it: the relay decides.');
    },
  },
  { id: 'turn-udp', title: 'Relay over UDP', run: (found) => relay(found, 'udp') },
  { id: 'turn-tcp', title: 'Relay over TCP', run: (found) => relay(found, 'tcp') },
  {
    id: 'turn-through',
    title: 'Through the relay and back',
    async run(found) {
      if (!found.relays) return bad('No relay was reached, so there is no way around networks that let two browsers not meet.', 'turn_unreachable');
      const ms = await through(of(found.iceServers, /^turns?:/));
      return ms === null
        ? bad('The relay gives addresses, but nothing comes through. Are its ports (turn_ports) open for UDP, and is turn_external_ip right?', 'turn_blocked')
        : good(`A message went through within ${Math.round(ms)} ms of the first try.`);
    },
  },
];
