// Views with made-up people and made-up pictures: the showcase of the widget on a page of its own. It needs the module
// that `cargo xtask shots` builds into target/showcase.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

export const showcaseDir = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'showcase');

/** Puts the showcase on a host site; the address of a view is what the function gives. */
export function openShowcase(host) {
  if (!existsSync(join(showcaseDir, 'bandyer_chat_widget.js'))) throw new Error(`no showcase in ${showcaseDir}: run cargo xtask shots`);
  const put = (name, type) => host.add(readFileSync(join(showcaseDir, name)), { type, path: `/showcase/${name}` });
  put('bandyer_chat_widget.js', 'text/javascript');
  put('bandyer_chat_widget_bg.wasm', 'application/wasm');
  const page = host.add(`<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>body{font:16px system-ui;margin:24px;color:#456}@media (prefers-color-scheme:dark){body{background:#15181d;color:#9ab}}</style>
<h1>A host page</h1><p>Text of the site.</p><div id="host"></div>
<script type="module">
import init, { showcase } from '/showcase/bandyer_chat_widget.js';
const params = new URLSearchParams(location.search);
await init({ module_or_path: '/showcase/bandyer_chat_widget_bg.wasm' });
const exhibit = showcase(document.getElementById('host'), params.get('view'), params.get('language'), 40);
(${film})(exhibit);
window.exhibit = exhibit;
</script>`, { path: '/showcase/' });
  return (view, language) => `${page}?view=${view}&language=${language}`;
}

/** Runs on the page: people before a wall, and a document, as moving pictures. */
function film(exhibit) {
  const person = (wall, shirt, skin, hair) => (pen, { width: w, height: h }) => {
    const light = pen.createLinearGradient(0, 0, w, h);
    light.addColorStop(0, wall[0]);
    light.addColorStop(1, wall[1]);
    pen.fillStyle = light;
    pen.fillRect(0, 0, w, h);
    pen.fillStyle = 'rgba(255,255,255,0.16)';
    pen.fillRect(w * 0.06, h * 0.1, w * 0.22, h * 0.34);
    pen.fillStyle = hair;
    pen.beginPath();
    pen.ellipse(w / 2, h * 0.43, h * 0.2, h * 0.25, 0, 0, 7);
    pen.fill();
    pen.fillStyle = shirt;
    pen.beginPath();
    pen.ellipse(w / 2, h * 1.06, h * 0.42, h * 0.4, 0, 0, 7);
    pen.fill();
    pen.fillStyle = skin;
    pen.fillRect(w / 2 - h * 0.06, h * 0.55, h * 0.12, h * 0.16);
    pen.beginPath();
    pen.ellipse(w / 2, h * 0.46, h * 0.15, h * 0.19, 0, 0, 7);
    pen.fill();
    pen.fillStyle = hair;
    pen.beginPath();
    pen.ellipse(w / 2, h * 0.32, h * 0.17, h * 0.09, 0, 0, 7);
    pen.fill();
  };
  const paper = (pen, { width: w, height: h }) => {
    pen.fillStyle = '#eef1f4';
    pen.fillRect(0, 0, w, h);
    pen.fillStyle = '#fff';
    pen.fillRect(w * 0.12, h * 0.08, w * 0.76, h);
    pen.fillStyle = '#1d3b52';
    pen.font = `600 ${h * 0.06}px system-ui`;
    pen.fillText('Contract, final version', w * 0.17, h * 0.2);
    pen.fillStyle = '#9db0bf';
    for (let line = 0; line < 12; line += 1) pen.fillRect(w * 0.17, h * (0.27 + line * 0.055), w * (line % 4 === 3 ? 0.4 : 0.64), h * 0.018);
  };
  const scenes = {
    'peer-camera': [640, 480, person(['#c9d6c4', '#7f9a8a'], '#2f5d8a', '#e8b896', '#4a2f22')],
    'own-camera': [640, 480, person(['#e3d5c3', '#b08f72'], '#8a3f4d', '#dca77f', '#1f1a1a')],
    'peer-screen': [1280, 720, paper],
    'own-screen': [1280, 720, paper],
  };
  for (const [slot, [width, height, draw]] of Object.entries(scenes)) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const pen = canvas.getContext('2d');
    const paint = () => { draw(pen, canvas); setTimeout(paint, 100); };
    paint();
    exhibit.show(slot, canvas.captureStream(10));
  }
}
