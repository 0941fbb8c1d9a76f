// The options of create(): checked in the order of 1.45.0, the first failure wins; then copied, with defaults.

import { invalidConfig } from './errors.js';

/** Name, type, default. The type counts only if the value is truthy; an array lists the accepted words. */
const OPTIONS = [
  ['hidden', 'boolean', false],
  ['record', 'boolean', false],
  ['screenSharingExtensionId', 'string', ''],
  ['layout', 'object', {}],
  ['callType', 'string'],
  ['mode', 'string'],
  ['language', 'string', ''],
  ['userDetailsProvider', 'function'],
  ['userDetailsFormatter', 'function'],
  ['screenSharingExtensionURL', 'string', ''],
  ['chat', 'boolean'],
  ['tools', 'object'],
  ['virtualBackground', ['blur', 'image'], false],
  ['recordingType', ['automatic', 'manual'], 'automatic'],
  ['isAdmin', 'boolean', false],
  ['feedback', 'boolean', false],
  ['serverUrl', 'string'],
];

/** @throws InvalidConfigError */
export function checked(config) {
  if (!config) throw invalidConfig('The configuration is empty');
  const { accessToken, appId, environment, userAlias, container, iframe, chat } = config;
  if (!userAlias && !accessToken) throw invalidConfig('userAlias is not valid');
  if (!appId && !accessToken) throw invalidConfig('No way to authenticate: accessToken is missing');
  if (!environment || typeof environment !== 'string') throw invalidConfig('environment is not valid');
  const options = { accessToken: accessToken ? String(accessToken) : '', appId, environment: environment.toLowerCase(), userAlias, container, iframe };
  OPTIONS.forEach(([name, type, otherwise]) => {
    const value = config[name];
    options[name] = value || otherwise;
    if (!value) return;
    if (typeof type !== 'string') {
      if (type.indexOf(value) < 0) throw invalidConfig(name + ' must be one of: ' + type.join(', '));
    } else if (typeof value !== type) throw invalidConfig(name + ' must be of type ' + type);
    else if (type === 'object') options[name] = plain(value, name);
  });
  if (container && container.nodeType !== 1) throw invalidConfig('container must be an element');
  if (iframe && iframe !== true && iframe.tagName !== 'IFRAME') throw invalidConfig('iframe must be true or an iframe');
  if (!/^audio_(only|upgradable|video)$/.test(options.callType)) options.callType = 'audio_video';
  if (options.mode !== 'window') options.mode = 'embed';
  // `tools`, where given, decides alone whether there is a chat module.
  options.chat = options.tools ? !!options.tools.chat : chat === undefined || chat === null || !!chat;
  return options;
}

/** A copy as data: what the host page changes later does not matter, and it can be sent into a frame. */
function plain(value, name) {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (_) {
    throw invalidConfig(name + ' must be plain data');
  }
}

export function knownEnvironment(options) {
  return /^(sandbox|production)$/.test(options.environment);
}
