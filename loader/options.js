// The options of create(): checked in the order of 1.45.0, the first failure wins; then copied, with defaults.

import { invalidConfig } from './errors.js';
import { plain } from './own.js';

/** Name, type, default. The type counts only if the value is truthy; an array lists the accepted words. Those
    without a type have rules of their own. */
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
  ['accessToken'],
  ['appId'],
  ['environment'],
  ['userAlias'],
  ['container'],
  ['iframe'],
];

/** @throws InvalidConfigError */
export function checked(config) {
  if (!config) throw invalidConfig('The configuration is empty');
  const options = { __proto__: null };
  OPTIONS.forEach(([name]) => {
    // What every object of the page has is no option.
    if (config[name] !== Object.prototype[name]) options[name] = config[name];
  });
  const { accessToken, environment, container, iframe, chat } = options;
  if (!options.userAlias && !accessToken) throw invalidConfig('userAlias is not valid');
  if (!options.appId && !accessToken) throw invalidConfig('Nothing to authenticate with');
  if (!environment || typeof environment !== 'string') throw invalidConfig('environment is not valid');
  options.accessToken = accessToken ? String(accessToken) : '';
  options.environment = environment.toLowerCase();
  OPTIONS.forEach(([name, type, otherwise]) => {
    const value = options[name];
    if (!value) options[name] = otherwise;
    if (!value || !type) return;
    if (typeof type !== 'string') {
      if (type.indexOf(value) < 0) throw invalidConfig(name + ' must be one of: ' + type.join(', '));
    } else if (typeof value !== type) throw invalidConfig(name + ' must be of type ' + type);
    else if (type === 'object') options[name] = data(value, name);
  });
  if (container && container.nodeType !== 1) throw invalidConfig('container must be an element');
  if (iframe && iframe !== true && iframe.tagName !== 'IFRAME') throw invalidConfig('iframe must be true or an iframe');
  if (!/^audio_(only|upgradable|video)$/.test(options.callType)) options.callType = 'audio_video';
  if (options.mode !== 'window') options.mode = 'embed';
  // `tools`, where given, decides alone whether there is a chat module.
  options.chat = options.tools ? !!options.tools.chat : chat === undefined || chat === null || !!chat;
  return options;
}

/** A copy: what the host page changes later does not matter, and it can be sent into a frame. */
function data(value, name) {
  try {
    return plain(value);
  } catch (_) {
    throw invalidConfig(name + ' must be plain data');
  }
}
