// The Client that create() resolves with: an event emitter, and what it was created with.

import { report } from './errors.js';

/**
 * @param {{options: object, userAlias: string}} facts read when asked for
 * @returns tells the client of an event; without one, hands it over. What happened before the host page has the
 * client, and a turn to add listeners, is told then.
 */
export function createClient(facts) {
  let listeners = { __proto__: null };
  let early = [];

  function add(name, listener, once) {
    if (typeof listener !== 'function') throw new TypeError('The listener must be a function');
    // A new array each time: a list that is being emitted stays as it was.
    const entries = of(name).slice();
    entries.push({ listener, once });
    listeners[name] = entries;
    return client;
  }

  function of(name) {
    return listeners[name] || [];
  }

  function remove(name, unwanted) {
    listeners[name] = of(name).filter((entry) => !unwanted(entry));
  }

  function off(name, listener) {
    // One registration a time, the latest first, as in node.
    const entries = of(name);
    for (let index = entries.length - 1; index >= 0; index--) {
      if (entries[index].listener === listener) {
        const found = entries[index];
        remove(name, (entry) => entry === found);
        break;
      }
    }
    return client;
  }

  const on = (name, listener) => add(name, listener, false);
  const client = {
    on,
    addListener: on,
    once: (name, listener) => add(name, listener, true),
    off,
    removeListener: off,
    removeAllListeners(name) {
      if (name === undefined) listeners = { __proto__: null };
      else delete listeners[name];
      return client;
    },
    listenerCount: (name) => of(name).length,
    /** Says whether anybody listened. A listener that throws keeps nobody else from hearing. */
    emit(name) {
      const args = Array.prototype.slice.call(arguments, 1);
      const entries = of(name);
      entries.forEach((entry) => {
        if (entry.once) remove(name, (other) => other === entry);
        try {
          entry.listener.apply(client, args);
        } catch (error) {
          report(error);
        }
      });
      return entries.length > 0;
    },
    get userAlias() {
      return facts.userAlias;
    },
    get environment() {
      return facts.options.environment;
    },
    get callType() {
      return facts.options.callType;
    },
    get appId() {
      return facts.options.appId;
    },
    get screenSharingExtensionId() {
      return facts.options.screenSharingExtensionId;
    },
  };
  return (name, data) => {
    if (name) {
      if (early) early.push([name, data]);
      else client.emit(name, data);
    } else if (early) {
      setTimeout(() => {
        const events = early ?? [];
        early = null;
        for (const event of events) client.emit(...event);
      });
    }
    return client;
  };
}
