// Which files of scenes each engine runs, and the scenes in them that it leaves out, each with the reason: what its
// driver or the engine itself has no way to do. Chromium runs all.
const devtools = 'needs Chromium’s DevTools protocol';
const downloads = 'its driver hands out no downloads';
const permissions = 'its driver grants no permission while it runs; see calls-engines for what is refused for good';
const clipboard = 'its driver hands out no clipboard';
const requests = 'its driver tells of no requests';

export const FILES = {
  firefox: [
    'two-users', 'conversation', 'chat-list', 'offline', 'attachments', 'embedding', 'calls', 'calls-engines', 'calls-media', 'calls-devices',
    'calls-network', 'calls-relay', 'calls-ring', 'calls-places', 'calls-without',
  ],
  webkit: ['two-users', 'conversation', 'chat-list', 'offline', 'attachments', 'embedding', 'options', 'long-thread', 'calls-without'],
};

export const LEFT_OUT = {
  chromium: { 'calls-engines': { '*': 'it calls itself in the other files' } },
  firefox: {
    conversation: {
      'copied messages are their texts, a line each': clipboard,
      'letters with hundreds of marks stay in their own bubble': 'its driver takes no pictures of single elements',
      'the device moves to another time zone: times and days follow': devtools,
    },
    attachments: {
      'a table copied for real is pasted as text': clipboard,
      'progress shows, and cancel ends it': devtools,
      'an upload that breaks can be tried again, or given up': 'its driver breaks no single request',
    },
    'chat list': { 'times grow old by themselves': 'its driver cannot let time pass' },
    'calls-devices': {
      'a refused camera: the call goes on with voice, and the camera comes when it is allowed': permissions,
      'refused microphone and camera: asked again until allowed, without a click': permissions,
      'the frame of the host page does not allow it': 'it tells no page what its frame allows: the reason reads “refused”',
      'no camera is there: voice all the same': 'its fake devices are always two',
      'the host page forbids it by its policy': 'it knows no such header',
      'a page that is not on https': 'needs a name that leads to this machine and is not trusted',
    },
    'calls-places': { 'on a phone': 'it has no touch' },
    'calls-media': {
      'a screen that ends by itself, because its tab is closed, ends for both': 'it has no screen of its own without a monitor: the picture is made in the page',
      'the sound of a shared tab is heard beside the voice, as long as it is shared': 'it shares no sound of tabs',
    },
  },
  webkit: {
    conversation: {
      'copied messages are their texts, a line each': clipboard,
      'letters with hundreds of marks stay in their own bubble': 'its driver takes no pictures of single elements',
      'the device moves to another time zone: times and days follow': devtools,
    },
    attachments: {
      'a table copied for real is pasted as text': clipboard,
      'progress shows, and cancel ends it': devtools,
      'an upload that breaks can be tried again, or given up': 'its driver breaks no single request',
      'a picked file arrives and downloads byte for byte': downloads,
      'a hostile file name is text, and harmless on disk': downloads,
      'SVG and HTML download and never render': downloads,
      'a file over the limit is refused with a word, before a byte is sent': requests,
      'nobody else can fetch the file': requests,
    },
    'chat list': { 'times grow old by themselves': 'its driver cannot let time pass' },
    embedding: { 'no third party is asked for anything': requests },
    options: { 'the system’s dark mode is followed unless a layout is given': 'its driver cannot change the colours of the system' },
  },
};
