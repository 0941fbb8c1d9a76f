// Keeps an element in the page: put there as soon as there is a body, and again when a client-side router has swapped
// the body or emptied the container.

export const HOST_ID = 'Bandyer-bandyer-chat-widget';

/** Marks our own elements. A page restored from a router's cache holds dead copies with the same id. */
const LIVE = 'bandyerLive';

/**
 * @param {Element} [container] the body when left out
 * @returns {{attached: Promise<void>, release: () => void}}
 */
export function keepAttached(element, container) {
  element[LIVE] = true;
  let settle;
  const attached = new Promise((resolve) => (settle = resolve));
  const observer = new MutationObserver(place);
  let watched;

  function place() {
    const parent = container || document.body;
    if (!parent) return;
    if (container ? element.parentNode !== container : !element.isConnected) parent.appendChild(element);
    if (watched !== parent) {
      watched = parent;
      watch();
    }
    const twins = document.querySelectorAll('[id="' + HOST_ID + '"]');
    for (let index = 0; index < twins.length; index++) {
      const twin = twins[index];
      if (!twin[LIVE]) twin.parentNode.removeChild(twin);
    }
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
      delete element[LIVE];
      if (element.parentNode) element.parentNode.removeChild(element);
    },
  };
}
