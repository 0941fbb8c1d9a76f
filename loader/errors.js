// Errors as the host page sees them: plain `Error`s told apart by `name`, `code` and `message`.

/** @param {Record<string, unknown>} [details] more keys of the error */
export function failure(name, message, details) {
  const error = new Error(message);
  for (const key in details) error[key] = details[key];
  error.name = name;
  return error;
}

/** For `catch`. What the widget rejects with is plain data, so that it can cross a frame's border. */
export function rethrow(reason) {
  if (reason instanceof Error || typeof reason !== 'object' || !reason) throw reason;
  throw failure(reason.name || 'Error', reason.message || reason.code || '', reason);
}

export function notInitialised() {
  return failure('BandyerChatWidgetNotAuthenticated', 'The widget is not initialised: call create() first');
}

export function invalidConfig(message) {
  return failure('InvalidConfigError', message);
}

/** A listener of the host page threw: told to the page's own error handling, never to the widget. */
export function report(error) {
  if (typeof reportError === 'function') reportError(error);
  else console.error(error);
}
