// Keeps an element in the page: put there as soon as there is a body, and again when a client-side router has swapped
// the body or emptied the container. A page that takes it away each time is not fought for ever.

export const HOST_ID = 'Bandyer-bandyer-chat-widget';

/** Marks our own elements. A page restored from a router's cache holds dead copies with the same id. */
const LIVE = 'bandyerLive';

/** Put back so often at once, as routers need it; then after pauses, each twice as long as the one before. */
const AT_ONCE = 3;
const AT_MOST = 8;
const PAUSE_MS = 50;
/** Left alone for so long, it counts from the beginning. */
const CALM_MS = 10000;

/**
 * @param {Element} [container] the body when left out
 * @returns {{attached: Promise<void>, release: () => void}}
 */
export function keepAttached(element, container) {
  element[LIVE] = true;
  let settle;
  const attached = new Promise((resolve) => (settle = resolve));
  const observer = new MutationObserver(changed);
  let watched;
  let tries = 0;
  let triedAt = 0;
  let pause = null;

  const parent = () => container || document.body;

  function isInPlace() {
    const place = container ? element.parentNode === container : element.isConnected;
    return place && watched === parent() && !twins().length;
  }

  function changed() {
    if (pause || !parent() || isInPlace()) return;
    const now = Date.now();
    if (now - triedAt > CALM_MS) tries = 0;
    if (tries > AT_MOST) return;
    triedAt = now;
    tries++;
    if (tries <= AT_ONCE) place();
    else if (tries <= AT_MOST) pause = setTimeout(place, PAUSE_MS << (tries - AT_ONCE));
    else console.warn('bandyer-chat-widget: this page takes the widget away whenever it is put back; it stays away now.');
  }

  function place() {
    pause = null;
    const home = parent();
    if (!home) return;
    if (container ? element.parentNode !== container : !element.isConnected) home.appendChild(element);
    if (watched !== home) {
      watched = home;
      watch();
    }
    twins().forEach((twin) => twin.parentNode.removeChild(twin));
    settle();
  }

  function watch() {
    observer.disconnect();
    observer.observe(document.documentElement, { childList: true });
    if (watched) observer.observe(watched, { childList: true });
  }

  watch();
  place();
  return {
    attached,
    release() {
      observer.disconnect();
      clearTimeout(pause);
      delete element[LIVE];
      if (element.parentNode) element.parentNode.removeChild(element);
    },
  };
}

/** Dead copies of our element. */
function twins() {
  const found = document.querySelectorAll('[id="' + HOST_ID + '"]');
  return [].filter.call(found, (twin) => !twin[LIVE]);
}
