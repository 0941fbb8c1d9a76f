// The page behind a call link: signs in as the user of the link, enters the call, and says how it ended.

const call = JSON.parse(document.getElementById('call-data').textContent);
const widget = window.BandyerChat;
let first = { access_token: call.accessToken };

const show = (state) => {
  document.body.dataset.state = state;
  const heading = document.querySelector(`.state.${state} h1`);
  if (heading) heading.focus();
};

function fail(problem) {
  // Calls reject with a word, everything else with an error that carries one.
  const code = typeof problem === 'string' ? problem : String(problem.code || problem.message || problem);
  document.getElementById('problem-text').textContent = call.problems[code] || call.problems.other;
  document.getElementById('problem-code').textContent = code;
  show('problem');
}

/** The page came with a token; later ones are asked for with the link. */
async function accessToken() {
  if (first) {
    const { access_token } = first;
    first = null;
    return access_token;
  }
  const response = await fetch('/connect/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: call.link }),
  });
  const answer = await response.json();
  if (!response.ok) throw answer.error.code;
  return answer.access_token;
}

const fullName = ({ firstName, lastName, userAlias }) => [firstName, lastName].filter(Boolean).join(' ') || userAlias;

async function join() {
  if (!widget) return fail('widget_not_served');
  show('busy');
  try {
    const client = await widget.create({
      accessToken: await accessToken(),
      environment: 'production',
      language: call.language,
      tools: call.tools,
      mode: 'embed',
      container: document.getElementById('call'),
      userDetailsFormatter: fullName,
    });
    const renew = () => accessToken().then((token) => widget.updateAccessToken(token)).catch(() => {});
    client.on('access_token_is_about_to_expire', renew);
    client.on('access_token_expired', renew);
    client.on('force_disconnect', ({ reason }) => fail(reason));
    client.on('call_ended', () => leave(() => show('over')));
    await widget.joinCallURL(location.href);
    show('call');
    widget.openWidget();
  } catch (problem) {
    // The page itself says why a link leads nowhere any more.
    await leave(() => (problem === 'link_invalid' ? location.reload() : fail(problem)));
  }
}

// Escape closes a panel, and here it is all there is.
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && document.body.dataset.state === 'call') setTimeout(() => widget.openWidget());
}, true);

async function leave(then) {
  await widget.logout();
  then();
}

// What could not be loaded may be there the next time.
const retry = () => (widget || document.body.dataset.state !== 'problem' ? join() : location.reload());
for (const button of document.querySelectorAll('[data-join]')) button.addEventListener('click', retry);
if (call.direct) join();
