// The frame as an element: where it stands and how large it is. What is inside is frame-link.js.

import { HOST_ID } from './attach.js';
import { SMALL_SCREEN } from './cover.js';

const ALLOW =
  'camera; microphone; display-capture; autoplay; fullscreen; picture-in-picture; speaker-selection; clipboard-write; screen-wake-lock';

const INSIDE = { border: '0', width: '100%', height: '100%', display: 'block', 'color-scheme': 'normal' };
const AT_THE_EDGE = {
  all: 'initial',
  border: '0',
  position: 'fixed',
  width: '0',
  height: '0',
  'z-index': '2147483000',
  // A scheme of its own would make the frame's canvas opaque.
  'color-scheme': 'normal',
};

/** The panel fills its frame, so on a large screen the frame is what floats above the page. */
const FLOATING = {
  right: '20px',
  bottom: '20px',
  'max-width': 'calc(100% - 40px)',
  'max-height': 'calc(100% - 40px)',
  'border-radius': '16px',
  'box-shadow': '0 0 0 1px rgb(12 46 65 / 0.07), 0 8px 20px -6px rgb(12 46 65 / 0.16), 0 24px 60px -12px rgb(12 46 65 / 0.3)',
};
const FLUSH = { right: '0', bottom: '0', 'max-width': '100%', 'max-height': '100%', 'border-radius': '0', 'box-shadow': 'none' };

/** A frame of ours: never larger than what is seen of the widget, unless the screen is small anyway. */
export function makeFrame(page, container) {
  const frame = document.createElement('iframe');
  frame.id = HOST_ID;
  frame.title = 'Chat';
  frame.allow = ALLOW;
  frame.src = page;
  style(frame, container ? INSIDE : { ...AT_THE_EDGE, ...FLUSH });
  const print = unseenInPrint(frame);
  if (container) return { frame, fit() {}, dismiss: print };

  const small = matchMedia(SMALL_SCREEN);
  let last = { width: 0, height: 0, open: false };
  const fit = (size) => {
    last = size;
    const all = size.full || (small.matches && size.open);
    const [width, height] = all ? ['100%', '100%'] : [`${size.width}px`, `${size.height}px`];
    style(frame, { width, height, ...(size.open && !all ? FLOATING : FLUSH) });
    raiseIfMisplaced(frame);
  };
  const again = () => fit(last);
  const look = () => raiseIfMisplaced(frame);
  small.addEventListener('change', again);
  addEventListener('scroll', look, { passive: true });
  const dismiss = () => {
    print();
    small.removeEventListener('change', again);
    removeEventListener('scroll', look);
  };
  return { frame, fit, dismiss };
}

/** Nothing of ours is on paper. Inline style knows no media, so the medium is watched. */
function unseenInPrint(frame) {
  const print = matchMedia('print');
  const change = () => frame.style.setProperty('visibility', print.matches ? 'hidden' : 'visible', 'important');
  print.addEventListener('change', change);
  return () => print.removeEventListener('change', change);
}

/** Under a transformed ancestor, what is fixed is fixed to that; in the top layer it is fixed to the window again. */
function raiseIfMisplaced(frame) {
  if (!frame.isConnected || !frame.showPopover || frame.matches(':popover-open')) return;
  const { right, bottom } = frame.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const margin = parseFloat(frame.style.right) || 0;
  if (Math.abs(clientWidth - margin - right) < 2 && Math.abs(clientHeight - margin - bottom) < 2) return;
  frame.popover = 'manual';
  frame.showPopover();
}

/** A frame of the host page keeps its place and size. It may have our page already, or nothing yet. */
export function prepareGiven(frame, page) {
  if (!frame.getAttribute('src')) {
    frame.allow ||= ALLOW;
    frame.src = page;
  }
  frame.style.colorScheme ||= 'normal';
  return { frame, fit() {}, dismiss() {} };
}

/** Inline and important: what the page's own sheets say about frames does not count. */
function style(element, properties) {
  for (const name of Object.keys(properties)) element.style.setProperty(name, properties[name], 'important');
}
