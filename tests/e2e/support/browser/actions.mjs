// Pointer, wheel and keys in the form that both WebDriver and WebDriver BiDi take.
const KEYS = {
  Backspace: '\uE003', Tab: '\uE004', Enter: '\uE007', Shift: '\uE008', Control: '\uE009', ControlOrMeta: '\uE009', Alt: '\uE00A',
  Escape: '\uE00C', Space: ' ', PageUp: '\uE00E', PageDown: '\uE00F', End: '\uE010', Home: '\uE011', ArrowLeft: '\uE012',
  ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015', Delete: '\uE017', F6: '\uE036', F8: '\uE038', Meta: '\uE03D',
};
const key = (name) => KEYS[name] ?? name;
const keys = (actions) => [{ type: 'key', id: 'keys', actions }];

export const clickActions = ({ x, y }) => [{
  type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' },
  actions: [{ type: 'pointerMove', x, y, duration: 0, origin: 'viewport' }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }],
}];

export const wheelActions = ({ x, y }, deltaX, deltaY) => [{
  type: 'wheel', id: 'wheel', actions: [{ type: 'scroll', x, y, deltaX, deltaY, duration: 0, origin: 'viewport' }],
}];

export const keyActions = (type, name) => keys([{ type, value: key(name) }]);

/** `Enter`, `Shift+Enter`, `Control+k`. */
export function pressActions(combination) {
  const names = combination === '+' ? ['+'] : combination.split('+');
  const down = names.map((name) => ({ type: 'keyDown', value: key(name) }));
  return keys([...down, ...down.map(({ value }) => ({ type: 'keyUp', value })).reverse()]);
}

export const typeActions = (text) => keys([...text].flatMap((sign) => {
  const value = sign === '\n' ? KEYS.Enter : sign;
  return [{ type: 'keyDown', value }, { type: 'keyUp', value }];
}));
