// The window of a call: learns from the page that opened it which call it is, takes it over, and goes when it is over.

const page = JSON.parse(document.getElementById('call-data').textContent);
const widget = window.BandyerChat;
const PROTOCOL = 1;
/** A reload has no opener to ask: what it needs stays in this window. */
const KEPT = 'bandyer:call-window';
const ASK_MS = 500;
/** Somebody else's page, or one that is gone, hands nothing over. */
const PATIENCE_MS = 60000;

/** Without them the call is over for this window: nothing helps but another hand-over. */
const GONE = ['access_token_expired', 'access_token_invalid', 'out_of_scope', 'room_not_found', 'user_deleted', 'user_disabled', 'JOIN_CALL_INVALID_URL'];

let port = null;
let onHandover = () => {};
let leaving = false;

const show = (state) => {
  document.body.dataset.state = state;
  const heading = document.querySelector(`.state.${state} h1`);
  if (heading) heading.focus();
};

function speak(language) {
  const texts = page.texts[language];
  if (!texts) return;
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = texts[element.dataset.text];
}

function fail(problem) {
  const code = typeof problem === 'string' ? problem : String(problem.code || problem.message || problem);
  const texts = page.texts[document.documentElement.lang];
  document.getElementById('problem-text').textContent = texts[`problem.${code}`] || texts['problem.other'];
  document.getElementById('problem-code').textContent = code;
  if (GONE.includes(code)) keep(null);
  document.querySelector('[data-again]').hidden = !kept() && !location.hash;
  show('problem');
}

/** The call is over, or goes on elsewhere: nothing is left to be seen here. */
function leave() {
  leaving = true;
  keep(null);
  show('over');
  window.close();
}

function keep(what) {
  try {
    if (what) sessionStorage.setItem(KEPT, JSON.stringify(what));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Without it a reload has to be handed over to anew.
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

addEventListener('message', ({ data, origin, source, ports }) => {
  if (!opener || source !== opener || data?.type !== 'bandyer:call-window' || !ports[0]) return;
  if (data.version !== PROTOCOL || origin === 'null' || !page.openers.includes(origin)) {
    console.error(`${origin} may not hand a call over: add it to the allowed origins of the server`);
    return;
  }
  port = ports[0];
  port.onmessage = ({ data: message }) => {
    if (message.close) leave();
    else if (message.handover) onHandover(message.handover);
  };
  port.postMessage({ hello: PROTOCOL });
});

// The same window for another call: its address differs by the code alone.
addEventListener('hashchange', () => {
  leaving = true;
  location.reload();
});

addEventListener('beforeunload', (event) => {
  if (!leaving && document.body.dataset.connected) event.preventDefault();
});

/**
 * Options of the widget, names, and the token. It `waits` for a click when anybody may have left it: only a page that the
 * server knows may open a camera by itself. Another code in the address of this window is not from who led here first.
 */
function handover(code) {
  return new Promise((resolve, reject) => {
    const timer = setInterval(ask, ASK_MS);
    const late = setTimeout(() => finish(reject, 'window_lost'), PATIENCE_MS);
    function finish(settle, value) {
      clearInterval(timer);
      clearTimeout(late);
      settle(value);
    }
    const trusted = page.trusted && performance.getEntriesByType('navigation')[0]?.type === 'navigate';
    onHandover = (what) => finish(resolve, { ...what, waits: false });
    async function ask() {
      if (port || !code) return;
      const response = await post('/connect/call/handover', { code }).catch(() => null);
      if (response?.status === 200) finish(resolve, { ...(await response.json()), waits: !trusted });
    }
  });
}

const post = (path, body, headers) =>
  fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });

async function renew(what) {
  const response = await post('/client/call-window', { call: claims(what).scope.call }, { authorization: `Bearer ${what.accessToken}` });
  if (!response.ok) throw (await response.json()).error.code;
  const { access_token } = await response.json();
  what.accessToken = access_token;
  keep(what);
  return access_token;
}

/** Call and user stand in the token, which is no secret to this window. */
function claims({ accessToken }) {
  const bytes = atob(accessToken.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(bytes);
}

/** Until somebody wants to join, as whom this says, or the page that opened this one hands it over itself. */
function consent(what) {
  speak(what.language);
  document.getElementById('as').textContent = page.texts[document.documentElement.lang].as.replace('{name}', () => claims(what).sub);
  show('ready');
  return new Promise((resolve) => {
    onHandover = resolve;
    document.querySelector('[data-join]').addEventListener('click', () => resolve(what), { once: true });
  });
}

/** Names and pictures as the page that opened this one shows them. */
function people(users) {
  const one = (alias) => users.find(({ userAlias }) => userAlias === alias);
  return {
    userDetailsProvider: async (aliases) =>
      aliases.map((alias) => ({ userAlias: alias, firstName: one(alias)?.name ?? alias, profileImage: one(alias)?.image ?? undefined })),
    userDetailsFormatter: (user) => user.firstName || user.userAlias,
  };
}

async function enter(what) {
  const { users, accessToken, waits, ...options } = what;
  speak(options.language);
  const client = await widget.create({
    ...options,
    ...people(users ?? []),
    accessToken,
    environment: 'production',
    mode: 'embed',
    container: document.getElementById('call'),
  });
  const again = () => renew(what).then((token) => widget.updateAccessToken(token)).catch(() => {});
  client.on('access_token_is_about_to_expire', again);
  client.on('access_token_expired', leave);
  client.on('force_disconnect', ({ reason }) => fail(reason));
  client.on('call_started', () => (document.body.dataset.connected = 'yes'));
  for (const end of ['call_ended', 'call_dial_declined', 'call_dial_stopped']) client.on(end, leave);
  await widget.joinCallURL(location.href);
  show('call');
  widget.openWidget();
}

async function begin() {
  if (!widget) return fail('widget_not_served');
  // The address holds a code that is good once: it is out of the history before anything else happens.
  const code = location.hash.slice(1);
  if (code) {
    history.replaceState(null, '', location.pathname);
    keep(null);
  }
  try {
    let what = kept() ?? (await handover(code));
    keep(what);
    if (what.waits) {
      what = { ...(await consent(what)), waits: false };
      keep(what);
      show('busy');
    }
    await enter(what);
  } catch (problem) {
    // The call was over before this window was there.
    if (problem === 'JOIN_CALL_REQUEST_FAILED') leave();
    else fail(problem);
  }
}

document.querySelector('[data-again]').addEventListener('click', () => {
  leaving = true;
  location.reload();
});

// Escape closes a panel, and here it is all there is.
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && document.body.dataset.state === 'call') setTimeout(() => widget.openWidget());
}, true);

if (self.origin === 'null') fail('window_sandboxed');
else begin();
