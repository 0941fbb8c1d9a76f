// What the drivers run inside a page: finding elements as Playwright's locators do, and looking at them. Each function
// here is sent as text, so none may use anything but its arguments and the page.

/**
 * Elements that a chain of steps leads to, through open shadow roots. A step is one of `{css}`, `{text, exact}`,
 * `{role, name}`, `{has}`, `{hasText}`, `{visible}`, `{nth}`, `{or}`, `{and}`; `text` and `name` may be `{pattern, flags}`.
 */
export function seek(steps) {
  const clean = (text) => text.replace(/[\u200b\s]+/g, ' ').trim();
  const fits = (text, wanted, exact) => {
    if (wanted.pattern) return new RegExp(wanted.pattern, wanted.flags).test(text);
    return exact ? clean(text) === clean(wanted) : clean(text).toLowerCase().includes(clean(wanted).toLowerCase());
  };
  const scopes = (root) => {
    const found = [root];
    if (root.shadowRoot) found.push(...scopes(root.shadowRoot));
    for (const node of root.querySelectorAll('*')) if (node.shadowRoot) found.push(...scopes(node.shadowRoot));
    return found;
  };
  // A step may begin with a combinator.
  const all = (root, css) => scopes(root).flatMap((scope) => [...scope.querySelectorAll(css.replace(/^\s*(?=[>+~])/, ':scope '))]);
  const shown = (node) => {
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(node).visibility === 'visible';
  };
  const roles = {
    button: 'button, [role="button"], input[type="submit"]', link: 'a[href], [role="link"]', textbox: 'textarea, input:not([type]), input[type="text"], [role="textbox"]',
    option: 'option, [role="option"]', heading: 'h1, h2, h3, h4, [role="heading"]', img: 'img, [role="img"]', radio: 'input[type="radio"], [role="radio"]',
  };
  const name = (node) => node.getAttribute('aria-label')
    ?? (node.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean).map((id) => node.getRootNode().getElementById(id)?.textContent ?? '').join(' ')
    ?? '';
  const take = {
    css: (found, { css }) => found.flatMap((root) => all(root, css)),
    // The one itself may be what has the text.
    text: (found, { text, exact }) => found.flatMap((root) => [...(root.tagName ? [root] : []), ...all(root, '*')]).filter((node) => !/^(SCRIPT|STYLE|HEAD|TITLE|NOSCRIPT)$/.test(node.tagName)
      && fits(node.textContent, text, exact) && ![...node.children].some((child) => fits(child.textContent, text, exact))),
    role: (found, { role, name: wanted }) => found.flatMap((root) => all(root, roles[role] ?? `[role="${role}"]`))
      .filter((node) => wanted === undefined || fits(name(node) || node.textContent || node.title || '', wanted, false)),
    has: (found, { has }) => found.filter((node) => walk([node], has).length > 0),
    hasText: (found, { hasText }) => found.filter((node) => fits(scopes(node).map((scope) => scope.textContent).join(' '), hasText, false)),
    visible: (found, { visible }) => found.filter((node) => shown(node) === visible),
    nth: (found, { nth }) => found.slice(nth, nth + 1 || undefined),
    or: (found, { or }) => [...found, ...walk([document], or)],
    and: (found, { and }) => { const other = new Set(walk([document], and)); return found.filter((node) => other.has(node)); },
  };
  const walk = (from, chain) => chain.reduce((found, step) => [...new Set(take[Object.keys(step)[0]](found, step))], from);
  return walk([document], steps);
}

/** Whether a pointer would reach the one element found, and where: `{x, y}` in its frame, or `{wait: reason}`. `click`: one is about to follow. */
export async function aim(found, { scroll, click }) {
  if (found.length !== 1) return { wait: found.length ? `${found.length} elements fit` : 'nothing fits' };
  const [node] = found;
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
  const box = () => { const { x, y, width, height } = node.getBoundingClientRect(); return { x, y, width, height }; };
  if (node.disabled || node.closest('[aria-disabled="true"]')) return { wait: 'it is disabled' };
  if (scroll) node.scrollIntoView({ block: scroll, inline: 'nearest', behavior: 'instant' });
  const before = box();
  await frame();
  await frame();
  const now = box();
  if (!now.width || !now.height || getComputedStyle(node).visibility !== 'visible') return { wait: 'it is not visible' };
  if (Object.keys(now).some((key) => now[key] !== before[key])) return { wait: 'it moves' };
  const [left, top] = [Math.max(0, now.x), Math.max(0, now.y)];
  const [right, bottom] = [Math.min(innerWidth, now.x + now.width), Math.min(innerHeight, now.y + now.height)];
  const [x, y] = [Math.floor((left + right) / 2), Math.floor((top + bottom) / 2)];
  if (right <= left || bottom <= top) return { wait: 'it is outside of the window', outside: true };
  let hit = document.elementFromPoint(x, y);
  while (hit?.shadowRoot?.elementFromPoint(x, y) && hit.shadowRoot.elementFromPoint(x, y) !== hit) hit = hit.shadowRoot.elementFromPoint(x, y);
  const within = (inner) => {
    for (let up = inner; up; up = up.assignedSlot ?? up.parentNode ?? up.host) if (up === node) return true;
    return inner?.closest?.('label')?.control === node;
  };
  if (within(hit)) {
    if (!click) return { x, y };
    // What comes down beside it, because the page moved meanwhile, is stopped and counts as missed.
    const kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
    const shot = (window.e2eShot = { missed: false });
    const judge = (event) => {
      if (kinds.indexOf(event.type) < 2) shot.missed = !within(event.composedPath()[0]);
      if (!shot.missed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    for (const kind of kinds) window.addEventListener(kind, judge, true);
    shot.end = () => { for (const kind of kinds) window.removeEventListener(kind, judge, true); };
    return { x, y };
  }
  return { wait: `under ${hit?.outerHTML?.slice(0, 120)}` };
}

/** After a click at what `aim` gave: whether something else was hit. */
export function missed() {
  const shot = window.e2eShot;
  delete window.e2eShot;
  shot?.end();
  return shot?.missed ?? false;
}

/** Puts a text in place of what a field holds, as somebody typing would. */
export function fill([node, ...more], text) {
  if (!node || more.length) return { wait: node ? `${more.length + 1} elements fit` : 'nothing fits' };
  if (node.disabled || node.readOnly || node.getBoundingClientRect().width === 0) return { wait: 'it cannot be written to' };
  node.focus();
  node.select?.();
  if (node.value === text) return {};
  const done = document.execCommand(text ? 'insertText' : 'delete', false, text);
  if (!done || node.value !== text) {
    // An engine that writes only into what has the window's focus.
    const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(node), 'value').set;
    set.call(node, text);
    node.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertText', data: text }));
  }
  return {};
}

/** One look at the elements found. */
export const looks = {
  count: (found) => found.length,
  state: (found) => {
    const shown = (node) => {
      const box = node.getBoundingClientRect();
      return box.width > 0 && box.height > 0 && getComputedStyle(node).visibility === 'visible';
    };
    return { count: found.length, visible: found.length > 0 && shown(found[0]) };
  },
  one: ([node, ...more], what, name) => {
    if (!node || more.length) return { wait: node ? `${more.length + 1} elements fit` : 'nothing fits' };
    const box = () => { const { x, y, width, height } = node.getBoundingClientRect(); return width || height ? { x, y, width, height } : null; };
    const value = {
      text: () => node.textContent, inner: () => node.innerText, value: () => node.value, attribute: () => node.getAttribute(name),
      disabled: () => Boolean(node.disabled), checked: () => Boolean(node.checked), box,
      focus: () => { node.focus(); return null; }, scroll: () => { node.scrollIntoView({ block: 'center', behavior: 'instant' }); return null; },
    }[what]();
    return { value };
  },
  texts: (found) => found.map((node) => node.textContent),
};
