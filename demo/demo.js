// What the demo pages share: a token for a demo user, and a record of what the widget tells.

export const EVENTS = [
  'chat_loaded', 'typing_started', 'message_sent', 'message_received', 'message_read', 'user_connected', 'user_disconnected',
  'incoming_call', 'call_dial_answered', 'call_dial_declined', 'call_dial_stopped', 'call_started', 'call_ended',
  'access_token_is_about_to_expire', 'access_token_expired', 'force_disconnect',
];

/** Who this page is for: `?user=bob`, alice otherwise. */
export const user = new URLSearchParams(location.search).get('user') === 'bob' ? 'bob' : 'alice';
export const other = user === 'alice' ? 'bob' : 'alice';

/** A real page asks its own back end, which has the API key. The demo server hands tokens to whoever asks. */
export async function freshToken() {
  const answer = await fetch(`../demo/session?user=${user}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`the server gives no token (${answer.status}): is it running with --demo?`);
  return (await answer.json()).access_token;
}

/** Creates the widget and keeps its token fresh; `tell` hears of every event. */
export async function start(options = {}, tell = show) {
  const accessToken = await freshToken();
  const client = await window.BandyerChat.create({ accessToken, environment: 'sandbox', language: 'en', ...options });
  for (const name of EVENTS) client.on(name, (data) => tell(name, data));
  client.on('access_token_is_about_to_expire', async () => {
    await window.BandyerChat.updateAccessToken(await freshToken());
  });
  return client;
}

/** Writes an event into the page's log, if it has one. */
export function show(name, data) {
  const log = document.querySelector('[data-log]');
  if (!log) return;
  const line = document.createElement('li');
  const title = document.createElement('b');
  title.textContent = name;
  line.append(title, ` ${data instanceof Error ? data.message : summary(data)}`);
  log.prepend(line);
  while (log.children.length > 100) log.lastChild.remove();
}

/** The telling part of a payload, in one line. */
export function summary(data) {
  const { text, chat, userAlias, status, unreadMessages, reason, expiresAt, callDirection, executor } = data ?? {};
  const parts = [userAlias ?? chat, status, callDirection, executor && `by ${executor}`, text && `“${text}”`, reason, expiresAt];
  if (unreadMessages) parts.push(`${unreadMessages} unread`);
  return parts.filter(Boolean).join(' · ');
}

/** Fills in who is who. */
export function introduce() {
  for (const element of document.querySelectorAll('[data-user]')) element.textContent = user;
  for (const element of document.querySelectorAll('[data-other]')) element.textContent = other;
  for (const link of document.querySelectorAll('a[data-as-other]')) link.href = `?user=${other}`;
}
