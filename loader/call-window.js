// The window that a call has with `mode: 'window'`: opened within a click, told which call is its own, brought to front.
// It is a page of the server, mostly of another origin than this one. Where the host page's policy has cut it off, it finds
// what it needs at the server, once, under the code it was opened with.

const PAGE = '/connect/call/call-from-widget/true';
const NAME = 'BandyerCallWidget';
const FEATURES = 'status=1,resizable=1';
const PROTOCOL = 1;

/** The window is looked at this often: whether it can be spoken to, whether it was closed. */
const LOOK_MS = 250;
/** Not heard of for so long, it is taken for cut off. */
const HELLO_MS = 1500;
/** A server that could not be reached is asked so often again. */
const TRIES = 5;

/**
 * @param options those of `create`
 * @returns what the widget asks of it; `open` and `focus` say why not, in a word, and `''` for a window that is new
 */
export function callWindow(options, serverUrl) {
  const origin = new URL(serverUrl, location.href).origin;
  let handle = null;
  let port = null;
  let offered = [];
  let timer = null;
  let code = '';
  let wanted = null;

  function show(address) {
    const pressed = !!navigator.userActivation?.isActive;
    const found = window.open(address, NAME, FEATURES);
    if (!found) return refused(pressed);
    forget();
    handle = found;
    return '';
  }

  function fresh() {
    code = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${serverUrl}${PAGE}#${code}`;
  }

  function forget() {
    clearInterval(timer);
    for (const one of offered) one.close();
    port?.close();
    handle = port = timer = wanted = null;
    offered = [];
  }

  /** A window that has answered is ours to see; of one that was cut off, `closed` is always true and says nothing. */
  function watch(tell) {
    timer = setInterval(() => {
      if (port && handle.closed) {
        forget();
        tell('closed');
      } else if (!port && isThere(handle)) offer();
    }, LOOK_MS);
  }

  function offer() {
    const { port1, port2 } = new MessageChannel();
    offered.push(port1);
    port1.onmessage = ({ data }) => {
      if (!data?.hello || port) return;
      port = port1;
      for (const one of offered) if (one !== port) one.close();
      offered = [];
      if (wanted) give(wanted);
    };
    handle.postMessage({ type: 'bandyer:call-window', version: PROTOCOL }, origin, [port2]);
  }

  async function give({ token, call, users }, deposit) {
    const { layout, language, tools, chat, callType, screenSharingExtensionId, screenSharingExtensionURL, virtualBackground } = options;
    const kept = { layout, language, tools, chat, callType, screenSharingExtensionId, screenSharingExtensionURL, virtualBackground, users };
    const body = JSON.stringify(deposit ? { call, code, handover: kept } : { call });
    for (let left = TRIES; left > 0; left--) {
      try {
        const response = await fetch(`${serverUrl}/client/call-window`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body,
        });
        if (!response.ok) return;
        const { access_token } = await response.json();
        if (!deposit) port?.postMessage({ handover: { ...kept, accessToken: access_token } });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS * 4));
      }
    }
  }

  return {
    open(tell) {
      const why = show(fresh());
      if (!why) watch(tell);
      return why;
    },
    admit(token, call, users) {
      const now = (wanted = { token, call, users });
      if (port) return void give(now);
      setTimeout(() => {
        if (wanted === now && !port) give(now, true);
      }, HELLO_MS);
    },
    /** `undefined` when it is there and was brought to front. */
    focus(tell) {
      if (port && !handle.closed) return void handle.focus();
      // It may not have asked yet for what it needs.
      const kept = wanted;
      const why = show('');
      if (why) return why;
      wanted = kept;
      watch(tell);
      if (isThere(handle)) return void handle.focus();
      // No window of that name can be seen from here: this one is new, and empty.
      handle.location.href = fresh();
      return '';
    },
    close() {
      if (port) port.postMessage({ close: true });
      else handle?.close();
      forget();
    },
  };
}

/** False for the empty page that a window has before its own: a message to that one is lost, and complained about. */
function isThere(target) {
  try {
    return target.location.href !== 'about:blank';
  } catch {
    // Of another origin: it is.
    return true;
  }
}

/** A click opens any window, but from a frame whose sandbox has no word for it. */
function refused(pressed) {
  const sandboxed = self.origin === 'null' || lacksPopups() || (pressed && self !== top);
  if (!sandboxed) return 'blocker';
  console.error('The call window cannot be opened: the sandbox of the frame around this page lacks allow-popups and allow-popups-to-escape-sandbox');
  return 'sandbox';
}

function lacksPopups() {
  try {
    const { sandbox } = window.frameElement ?? {};
    return !!sandbox?.length && !sandbox.contains('allow-popups');
  } catch {
    // The frame is another origin's.
    return false;
  }
}
