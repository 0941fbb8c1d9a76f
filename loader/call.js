// Calls for the host page: the object that createCall() and joinCallURL() resolve with, and what is not to be had while
// a call is in front.

import { failure } from './errors.js';

/** A widget whose calls are objects with a status that lives. `session.seen` is what the widget shows of itself. */
export function withCalls(widget, session) {
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
      const { callAlias, callStatus } = session.seen;
      return !session.ended && callAlias === facts.callAlias ? callStatus : 'ended';
    },
    hangUp: () =>
      session.ended
        ? Promise.reject(new Error('HANG_UP_ON_ENDED_CALL'))
        : session.widget.call('hangUp', [facts.callAlias]),
  };
}
