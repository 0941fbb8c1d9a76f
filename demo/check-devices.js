// The checks of this browser: may it use camera, microphone and screen, and does it have any? The codes are the widget's.

const good = (words) => ({ state: 'good', words });
const warn = (words, code) => ({ state: 'warn', words, code });
const bad = (words, code) => ({ state: 'bad', words, code });

const REASONS = {
  not_secure: 'This page is not on https, so the browser gives no access to devices. Only http://localhost is excepted.',
  blocked_by_frame: 'The frame around this page does not allow it: its allow attribute has to name camera and microphone.',
  blocked_by_policy: 'A Permissions-Policy header of this site forbids it.',
  permission_refused: 'Access was refused, by you or by the system. Allow it beside the address, and in the system’s settings.',
  device_not_found: 'None was found. Is it connected, and switched on in the system’s settings?',
  device_in_use: 'Another program is using it. Close that program.',
  unsupported: 'This browser cannot do that.',
  unknown: 'The browser gives no reason.',
};

/** Why `getUserMedia` failed. */
function reason(error, feature) {
  if (['NotAllowedError', 'SecurityError'].includes(error.name)) {
    const policy = document.permissionsPolicy ?? document.featurePolicy;
    if (!policy || policy.allowsFeature(feature)) return 'permission_refused';
    return top === window ? 'blocked_by_policy' : 'blocked_by_frame';
  }
  if (['NotFoundError', 'OverconstrainedError'].includes(error.name)) return 'device_not_found';
  return error.name === 'NotReadableError' ? 'device_in_use' : 'unknown';
}

async function open(kind, feature, severity) {
  if (!navigator.mediaDevices) {
    const code = window.isSecureContext ? 'unsupported' : 'not_secure';
    return severity(REASONS[code], code);
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
    const [track] = stream.getTracks();
    const name = track.label || 'a device without a name';
    const { width, height } = track.getSettings();
    for (const one of stream.getTracks()) one.stop();
    return good(`“${name}” works${width ? `, with ${width} × ${height} pixels` : ''}.`);
  } catch (error) {
    const code = reason(error, feature);
    return severity(REASONS[code], code);
  }
}

export const devices = [
  {
    id: 'browser',
    title: 'Browser',
    run: async () => (typeof RTCPeerConnection === 'function' ? good('It can make calls.') : bad('It has no WebRTC, or it is switched off.', 'unsupported')),
  },
  {
    id: 'secure',
    title: 'Secure page',
    run: async () => (window.isSecureContext ? good(`The browser takes ${location.origin} for secure.`) : bad(REASONS.not_secure, 'not_secure')),
  },
  // Early, because a browser opens windows for a few seconds after a click only.
  {
    id: 'window',
    title: 'Windows of their own',
    run: async () => {
      const opened = window.open('', 'BandyerCheck', 'popup,width=200,height=120');
      opened?.close();
      const words = 'The browser opens no window for this page. Calls with mode: \'window\' say so, and go on in the page.';
      return opened ? good('A call may have a window of its own.') : warn(words, 'popup_blocked');
    },
  },
  // A call without a camera is a call; one without a microphone is none.
  { id: 'microphone', title: 'Microphone', run: () => open('audio', 'microphone', bad) },
  { id: 'camera', title: 'Camera', run: () => open('video', 'camera', warn) },
  {
    id: 'screen',
    title: 'Screen sharing',
    run: async () =>
      navigator.mediaDevices?.getDisplayMedia ? good('This browser can share a screen.') : warn('This browser cannot share a screen. Phones cannot.', 'unsupported'),
  },
];
