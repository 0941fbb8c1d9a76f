// The methods that the widget carries out: what they take, and whether they need the chat module.

import { ALIAS } from './arguments.js';

export const METHODS = {
  addChat: { parameters: [ALIAS], chat: true },
  removeChat: { parameters: [ALIAS], chat: true },
  selectChat: { parameters: [ALIAS], chat: true },
  composeMessage: { parameters: [ALIAS, ['message', 'string'], ['send', 'boolean']], chat: true },
  getUser: { parameters: [ALIAS] },
  getUsersStatusList: {},
  updateAccessToken: {},
};

/** Answered from what the widget knows, at once. */
export const READS = ['getChats', 'getUnreadMessages', 'getLastMessageReceived', 'getLastMessageSent'];

/** Always true, and about what is seen only. */
export const SWITCHES = ['showWidget', 'hideWidget', 'openWidget', 'closeWidget', 'toggleWidget'];
