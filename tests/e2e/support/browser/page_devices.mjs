// Camera, microphone and screen for a browser that has no files for them: what the native devices would give is asked
// for and kept, so that permissions, lights and ends are the browser's own; the picture and the tone are made here.

/** Runs in the page before all else. `card`: four colours; `screen`: the same for the screen; `hz`: the tone. */
export function pageDevices({ name, card, screen, hz }) {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const native = { user: devices.getUserMedia.bind(devices), list: devices.enumerateDevices.bind(devices) };
  /** As a camera made of a file: its name, and that it is fake. */
  const named = ({ label }) => label && `${name}, fake ${label}`;
  const moving = (colours) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const pen = canvas.getContext('2d');
    let odd = false;
    const paint = () => {
      odd = !odd;
      colours.forEach(([r, g, b], n) => {
        pen.fillStyle = `rgb(${r},${g},${b})`;
        pen.fillRect((n % 2) * 320, n > 1 ? 240 : 0, 320, 240);
      });
      // A picture that never changes may be sent once and never again.
      pen.fillStyle = odd ? '#000' : '#fff';
      pen.fillRect(318, 238, 4, 4);
    };
    paint();
    const timer = setInterval(paint, 66);
    const [track] = canvas.captureStream(15).getVideoTracks();
    return { track, end: () => clearInterval(timer) };
  };
  const sounding = () => {
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: hz });
    tone.connect(new GainNode(context, { gain: 0.4 })).connect(out);
    tone.start();
    let over = false;
    const end = () => { if (!over) context.close(); over = true; };
    return { track: out.stream.getAudioTracks()[0], end };
  };
  /** Firefox hands an event that a script makes to no listener of a track; `unplug` of the media probe makes some. */
  const listening = (track) => {
    const heard = [];
    const add = track.addEventListener.bind(track);
    const remove = track.removeEventListener.bind(track);
    track.addEventListener = (kind, hear, ...rest) => { heard.push([kind, hear]); add(kind, hear, ...rest); };
    track.removeEventListener = (kind, hear, ...rest) => {
      const known = heard.findIndex(([name, one]) => name === kind && one === hear);
      if (known >= 0) heard.splice(known, 1);
      remove(kind, hear, ...rest);
    };
    track.dispatchEvent = (event) => {
      for (const [kind, hear] of [...heard]) if (kind === event.type) hear.call(track, event);
      return true;
    };
    return track;
  };
  /** The made track takes the place of the native one, and its name. */
  const stand = (made, own) => {
    const track = listening(made.track);
    const stop = track.stop.bind(track);
    track.stop = () => { own?.stop(); made.end(); stop(); };
    if (!own) return track;
    const settings = track.getSettings.bind(track);
    Object.defineProperty(track, 'label', { value: named(own) });
    track.getSettings = () => ({ ...settings(), deviceId: own.getSettings().deviceId });
    own.addEventListener('ended', () => { stop(); track.dispatchEvent(new Event('ended')); });
    return track;
  };
  devices.getUserMedia = async (wish) => {
    const given = await native.user(wish);
    return new MediaStream(given.getTracks().map((own) => stand(own.kind === 'video' ? moving(card) : sounding(), own)));
  };
  devices.enumerateDevices = async () => (await native.list()).map((one) => Object.defineProperty(one, 'label', { value: named(one) }));
  devices.getDisplayMedia = async () => new MediaStream([stand(moving(screen))]);
}
