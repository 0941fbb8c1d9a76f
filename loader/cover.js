// On a small screen, and in a call at full screen, the widget covers the page: then neither keyboard nor screen reader
// finds what lies behind it.

export const SMALL_SCREEN = '(max-width: 768px), (max-height: 450px)';

/**
 * @param {(state: {full: boolean}, small: boolean) => boolean} covers whether the open widget covers the page
 * @returns {{see: (state: object) => void, release: () => void}} to be told what `bandyer:state` tells
 */
export function watchCover(element, covers) {
  const small = matchMedia(SMALL_SCREEN);
  let state = null;
  let taken = null;
  const look = () => {
    const covered = !!state && state.shown && state.expanded && covers(state, small.matches);
    if (covered === !!taken) return;
    for (const one of taken ?? []) one.removeAttribute('inert');
    taken = covered ? around(element) : null;
    for (const one of taken ?? []) one.setAttribute('inert', '');
  };
  small.addEventListener('change', look);
  return {
    see(next) {
      state = next;
      look();
    },
    release() {
      state = null;
      look();
      small.removeEventListener('change', look);
    },
  };
}

/** What stands beside the element, and beside each of its ancestors, in whatever tree. */
function around(element) {
  const beside = [];
  for (let node = element; node && node !== document.body; node = node.parentNode || node.host) {
    for (const other of node.parentNode?.children ?? []) if (other !== node && mayTake(other)) beside.push(other);
  }
  return beside;
}

/** What the page made inert itself stays its own; what lies over us can be reached as before. */
function mayTake(element) {
  const isSeen = element instanceof HTMLElement && !/^(SCRIPT|STYLE|LINK|TEMPLATE)$/.test(element.tagName);
  return isSeen && !element.hasAttribute('inert') && !isOver(element);
}

function isOver(element) {
  return [':modal', ':popover-open', ':fullscreen'].some((kind) => {
    try {
      return element.matches(kind) || !!element.querySelector(kind);
    } catch {
      // A browser that does not know the word has no such thing.
      return false;
    }
  });
}
