// Sockets and requests that tests play the server for, and counts of what would be left behind. Idempotent.
(() => {
  if (window.fakePage) return;
  const page = (window.fakePage = { sockets: [], requests: [], urls: new Set(), listeners: 0 });

  // A turn of the event loop, without the delay that nested timers get.
  const channel = new MessageChannel();
  const turns = [];
  channel.port1.onmessage = () => turns.shift()();
  page.turn = () => new Promise((done) => turns.push(done) && channel.port2.postMessage(0));

  // The page is painted, and what that has set off is done.
  page.frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  class FakeSocket extends EventTarget {
    constructor(url) {
      super();
      if (page.refuseSockets) throw new DOMException('refused', 'SecurityError');
      Object.assign(this, { url, readyState: 0, sent: [] });
      page.sockets.push(this);
    }
    send(text) {
      if (this.readyState !== 1) throw new Error('not open');
      this.sent.push(text);
    }
    close() {
      this.readyState = 3;
    }
    play(event, data) {
      if (event === 'open') this.readyState = 1;
      if (event === 'close') this.readyState = 3;
      if (event === 'message') this.dispatchEvent(new MessageEvent('message', { data }));
      else this.dispatchEvent(event === 'close' ? new CloseEvent('close') : new Event(event));
    }
  }
  window.WebSocket = FakeSocket;

  class FakeRequest extends EventTarget {
    constructor() {
      super();
      Object.assign(this, { upload: new EventTarget(), headers: {}, status: 0, response: null, aborted: false });
      page.requests.push(this);
    }
    open(method, url) {
      Object.assign(this, { method, url });
    }
    setRequestHeader(name, value) {
      this.headers[name] = value;
    }
    send(body) {
      this.body = body;
    }
    abort() {
      this.aborted = true;
    }
    progress(loaded, total) {
      this.upload.dispatchEvent(new ProgressEvent('progress', { loaded, total }));
    }
    answer(status, response) {
      Object.assign(this, { status, response });
      this.dispatchEvent(new ProgressEvent('loadend'));
    }
  }
  window.XMLHttpRequest = FakeRequest;

  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const url = createObjectURL.call(URL, blob);
    page.urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    page.urls.delete(url);
    revokeObjectURL.call(URL, url);
  };

  for (const target of [window, document]) {
    const { addEventListener, removeEventListener } = target;
    const ours = new Set(['online', 'pageshow', 'pagehide', 'visibilitychange', 'resize']);
    target.addEventListener = function (name, ...rest) {
      if (ours.has(name)) page.listeners++;
      return addEventListener.call(this, name, ...rest);
    };
    target.removeEventListener = function (name, ...rest) {
      if (ours.has(name)) page.listeners--;
      return removeEventListener.call(this, name, ...rest);
    };
  }
})();
