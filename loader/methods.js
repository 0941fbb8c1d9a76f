// The methods that the widget carries out: what they take, and which need the chat module.

/** Names of the parameters; `undefined` where what is given is not looked at. */
export const METHODS = {
  addChat: 'userAlias',
  removeChat: 'userAlias',
  selectChat: 'userAlias',
  composeMessage: 'userAlias, message, send',
  getUser: 'userAlias',
  getUsersStatusList: undefined,
  createCall: 'participants, options',
  joinCallURL: 'url',
  updateAccessToken: undefined,
};

/** How many arguments there must be, where not all. */
export const least = (name) => (name === 'createCall' ? 1 : 0);

export const needsChat = (name) => /Chat|composeMessage/.test(name);

/** Methods of the call objects: each takes the call's alias. */
export const OF_CALLS = ['hangUp', 'answerCall', 'declineCall'];

/** Answered from what the widget knows, at once. */
export const READS = ['getChats', 'getUnreadMessages', 'getLastMessageReceived', 'getLastMessageSent'];

/** Always true, and about what is seen only. */
export const SWITCHES = ['showWidget', 'hideWidget', 'openWidget', 'closeWidget', 'toggleWidget'];
