// Errors as the host page sees them: plain `Error`s told apart by `name`, `code` and `message`.

/**
 * @param {Record<string, unknown>} [details] more keys of the error. They are defined and not assigned: a page may have
 * frozen the prototype of all errors.
 */
export function failure(name, message, details) {
  const error = new Error(message);
  details = details || {};
  details.name = name;
  Object.keys(details).forEach((key) =>
    Object.defineProperty(error, key, { __proto__: null, value: details[key], enumerable: true }),
  );
  return error;
}

/** For `catch`. What the widget rejects with is plain data, so that it can cross a frame's border. */
export function rethrow(reason) {
  if (reason instanceof Error || typeof reason !== 'object' || !reason) throw reason;
  throw failure(reason.name || 'Error', reason.message || reason.code || '', reason);
}

export function notInitialised() {
  return failure('BandyerChatWidgetNotAuthenticated', 'Not initialised: call create() first');
}

export function invalidConfig(message) {
  return failure('InvalidConfigError', message);
}

/** A listener of the host page threw: told to the page's own error handling, never to the widget. */
export function report(error) {
  if (typeof reportError === 'function') reportError(error);
  else console.error(error);
}
