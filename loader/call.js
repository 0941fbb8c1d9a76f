// Calls for the host page: the objects that createCall(), joinCallURL() and `incoming_call` give, and what is not to be had
// while a call is in front.

import { failure } from './errors.js';

/**
 * A widget whose calls are objects with a status that lives. `session.seen` is what the widget shows of itself.
 * @param {(onEvent: (name: string, data: unknown) => void) => object} open
 */
export function withCalls(open, onEvent, session) {
  const widget = open((name, data) => onEvent(name, name === 'incoming_call' ? ringing(session, data) : data));
  const call = (name, args) => {
    if (name === 'selectChat' && session.seen.covered) throw failure('Error', 'Not while a call is in front');
    const answer = widget.call(name, args);
    return name === 'createCall' || name === 'joinCallURL' ? answer.then((facts) => toCall(session, facts)) : answer;
  };
  return { ...widget, call };
}

/** @param {{callAlias: string}} facts what does not change during the call */
function toCall(session, facts) {
  return {
    ...facts,
    get callStatus() {
      return status(session, facts);
    },
    hangUp: () => act(session, facts, 'hangUp', 'HANG_UP_ON_ENDED_CALL'),
  };
}

/** The event, and what can be done about the call. Whoever copies or sends the event on, copies the facts alone. */
function ringing(session, event) {
  const method = (name, refusal) => ({ value: () => act(session, event, name, refusal) });
  return Object.defineProperties(event, {
    callStatus: { get: () => status(session, event) },
    answer: method('answerCall', 'invalid_call_status'),
    decline: method('declineCall', 'invalid_call_status'),
    hangUp: method('hangUp', 'HANG_UP_ON_ENDED_CALL'),
  });
}

function status(session, facts) {
  const { callAlias, callStatus } = session.seen;
  return !session.ended && callAlias === facts.callAlias ? callStatus : 'ended';
}

function act(session, facts, name, refusal) {
  return session.ended ? Promise.reject(new Error(refusal)) : session.widget.call(name, [facts.callAlias]);
}
