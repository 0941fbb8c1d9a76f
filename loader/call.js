// The object that createCall() and joinCallURL() resolve with.

/**
 * @param session `seen` is what the widget shows of itself, the present call among it
 * @param {{callAlias: string}} facts what does not change during the call
 */
export function toCall(session, facts) {
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
