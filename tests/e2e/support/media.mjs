// Cameras and microphones made of files, and probes that tell from what arrives which file it was: colours of four
// quarters for a picture, a pitch for a sound.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A picture of four quarters: top left, top right, bottom left, bottom right. */
export const cards = {
  first: [[230, 30, 30], [30, 200, 40], [30, 40, 230], [240, 240, 240]],
  second: [[230, 220, 30], [30, 210, 220], [220, 40, 210], [120, 120, 120]],
  screen: [[250, 140, 0], [0, 140, 70], [90, 20, 140], [20, 20, 20]],
};
export const pitches = { first: 440, second: 1000, screen: 2400 };

const WIDTH = 640;
const HEIGHT = 480;

function yuv([r, g, b]) {
  const clamp = (value) => Math.max(0, Math.min(255, Math.round(value)));
  return [
    clamp(16 + 0.257 * r + 0.504 * g + 0.098 * b),
    clamp(128 - 0.148 * r - 0.291 * g + 0.439 * b),
    clamp(128 + 0.439 * r - 0.368 * g - 0.071 * b),
  ];
}

function plane(width, height, values) {
  const bytes = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) {
    const row = y < height / 2 ? 0 : 2;
    bytes.fill(values[row], y * width, y * width + width / 2);
    bytes.fill(values[row + 1], y * width + width / 2, (y + 1) * width);
  }
  return bytes;
}

function y4m(card) {
  const colours = card.map(yuv);
  const of = (index) => colours.map((colour) => colour[index]);
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'), plane(WIDTH, HEIGHT, of(0)), plane(WIDTH / 2, HEIGHT / 2, of(1)), plane(WIDTH / 2, HEIGHT / 2, of(2)),
  ]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F20:1 Ip A1:1 C420jpeg\n`), ...Array(4).fill(frame)]);
}

function wav(hz) {
  const rate = 48_000;
  const samples = rate * 2;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0); bytes.writeUInt32LE(36 + samples * 2, 4); bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16); bytes.writeUInt16LE(1, 20); bytes.writeUInt16LE(1, 22); bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28); bytes.writeUInt16LE(2, 32); bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36); bytes.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) bytes.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hz * n) / rate)), 44 + n * 2);
  return bytes;
}

/** Flags for a browser whose camera shows that card and whose microphone hears that pitch. One set per process. */
export function fakeDevices(name) {
  const folder = mkdtempSync(join(tmpdir(), 'bandyer-media-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [picture, sound] = [join(folder, `${name}.y4m`), join(folder, `${name}.wav`)];
  writeFileSync(picture, y4m(cards[name]));
  writeFileSync(sound, wav(pitches[name]));
  return [
    // Chromium passes over what it does not know; others make their devices by this name.
    `--e2e-devices=${name}`,
    // No fake questions: contexts grant what a test wants granted, and what they do not is refused.
    '--use-fake-device-for-media-stream', '--deny-permission-prompts',
    `--use-file-for-fake-video-capture=${picture}`, `--use-file-for-fake-audio-capture=${sound}`,
    '--autoplay-policy=no-user-gesture-required',
  ];
}

/** A page that is nothing but the card, for sharing it; with a tone, if it is to have one. */
export const cardPage = (name, title, hz) => `<!doctype html><html lang="en"><title>${title}</title>
<style>body { margin: 0; height: 100vh; display: grid; grid-template: 1fr 1fr / 1fr 1fr }</style>
${cards[name].map((colour) => `<div style="background: rgb(${colour})"></div>`).join('')}
<script>
  // A picture that never changes may be sent once and never again.
  let odd = false;
  setInterval(() => { document.body.style.opacity = (odd = !odd) ? 0.999 : 1; }, 100);
  if (${hz ?? 0}) {
    const context = new AudioContext();
    const [tone, loudness] = [new OscillatorNode(context, { frequency: ${hz ?? 0} }), new GainNode(context, { gain: 0.3 })];
    tone.connect(loudness).connect(context.destination);
    tone.start();
  }
</script></html>`;

/** Runs in the page, before anything else: remembers connections and streams, whoever makes them. */
export function installMediaProbe() {
  const probe = (window.mediaProbe = { connections: [], own: [], limits: {} });
  const Native = window.RTCPeerConnection;
  if (!Native) return;
  /** What the widget asks for, within the limits of the test. */
  const limited = (configuration = {}) => {
    const { relayOnly, through, port } = probe.limits;
    /** Another way to the same relay. */
    const led = (url) => (port ? url.replace(/:\d+\?/, `:${port}?`) : url);
    const iceServers = (configuration.iceServers ?? []).map((server) => ({
      ...server,
      urls: [server.urls].flat().filter((url) => !through || url.includes(`transport=${through}`)).map(led),
    }));
    return relayOnly
      ? { ...configuration, iceTransportPolicy: 'relay', iceServers: iceServers.filter((server) => server.urls.length) }
      : configuration;
  };
  window.RTCPeerConnection = class extends Native {
    constructor(configuration, ...rest) {
      super(limited(configuration), ...rest);
      probe.connections.push(this);
    }
    setConfiguration(configuration) { return super.setConfiguration(limited(configuration)); }
  };
  probe.limit = (limits) => { probe.limits = limits; };
  /** As if the browser found the way to the other side gone, for a moment. */
  probe.loseWay = () => {
    const connection = probe.connections.at(-1);
    Object.defineProperty(connection, 'connectionState', { configurable: true, value: 'disconnected' });
    connection.dispatchEvent(new Event('connectionstatechange'));
    delete connection.connectionState;
  };
  /** Changes with every new way that is looked for. */
  probe.way = () => probe.connections.at(-1).localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1];
  /** Which way the media goes. */
  probe.route = async () => {
    const all = [...(await probe.connections.at(-1).getStats()).values()];
    const of = (id) => all.find((one) => one.id === id);
    const pair = of(all.find((one) => one.type === 'transport')?.selectedCandidatePairId)
      ?? all.find((one) => one.type === 'candidate-pair' && one.selected);
    if (!pair) return null;
    const [local, remote] = [of(pair.localCandidateId), of(pair.remoteCandidateId)];
    return { local: local.candidateType, remote: remote.candidateType, through: local.relayProtocol };
  };
  /** Pictures decoded so far. */
  probe.frames = async () => [...(await probe.connections.at(-1).getStats()).values()]
    .filter((one) => one.type === 'inbound-rtp' && one.kind === 'video').reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0);
  const devices = navigator.mediaDevices;
  for (const name of ['getUserMedia', 'getDisplayMedia']) {
    const native = devices?.[name]?.bind(devices);
    if (!native) continue;
    devices[name] = async (...args) => {
      const stream = await native(...args);
      probe.own.push(...stream.getTracks());
      return stream;
    };
  }
  probe.live = () => probe.own.filter((track) => track.readyState === 'live').map((track) => track.kind).sort();
  /** As if a device was pulled out. */
  probe.unplug = (kind) => {
    const track = probe.own.findLast((one) => one.kind === kind && one.readyState === 'live');
    track.stop();
    track.dispatchEvent(new Event('ended'));
  };
  probe.open = () => probe.connections.filter((one) => one.connectionState !== 'closed').length;
  /** Another one's offer is in; something of this side was written down or found for a connection. */
  probe.prepared = () => probe.connections.some((one) => one.remoteDescription);
  probe.spoken = () => probe.connections.some((one) => one.localDescription || one.iceGatheringState !== 'new');
  probe.receiver = (line) => probe.connections.at(-1)?.getTransceivers()[line]?.receiver.track;
  /** The colours in the middle of the four quarters of what a line brings; `null` when nothing comes in time. */
  probe.picture = async (line, patience = 1500) => {
    const track = probe.receiver(line);
    if (!track || track.readyState !== 'live') return null;
    if (!window.MediaStreamTrackProcessor) return probe.shown(track, patience);
    const copy = track.clone();
    const reader = new MediaStreamTrackProcessor({ track: copy }).readable.getReader();
    const late = new Promise((resolve) => setTimeout(() => resolve({}), patience));
    const { value: frame } = await Promise.race([reader.read(), late]);
    reader.cancel().catch(() => {});
    copy.stop();
    if (!frame) return null;
    const colours = probe.quarters(frame, frame.displayWidth, frame.displayHeight);
    frame.close();
    return colours;
  };
  probe.quarters = (image, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]].map(([x, y]) =>
      [...context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data].slice(0, 3));
  };
  /** The same by way of a `<video>`, where frames cannot be read from a track. */
  probe.shown = async (track, patience) => {
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream([track]) });
    const late = new Promise((resolve) => setTimeout(resolve, patience, false));
    const came = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(true)));
    video.play().catch(() => {});
    const colours = (await Promise.race([came, late])) ? probe.quarters(video, video.videoWidth, video.videoHeight) : null;
    video.srcObject = null;
    return colours;
  };
  /** The strongest pitch in Hz of what the microphone's line brings, and how far it stands above the middle (dB). */
  probe.sound = async () => {
    const track = probe.receiver(0);
    if (!track) return null;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 350));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const width = context.sampleRate / analyser.fftSize;
    await context.close();
    let best = Math.ceil(200 / width);
    for (let bin = best; bin * width < 4000; bin++) if (bins[bin] > bins[best]) best = bin;
    const sorted = [...bins].sort((a, b) => a - b);
    return { hz: best * width, db: bins[best], above: bins[best] - sorted[sorted.length >> 1] };
  };
}

/** How far two colours are apart, at most, in one of their parts. */
export const distance = (a, b) => Math.max(...a.map((part, index) => Math.abs(part - b[index])));
