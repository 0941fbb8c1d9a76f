// Checks what a method was called with: first how many arguments, then the type of those that are truthy.

const TYPES = {
  userAlias: 'a string',
  message: 'a string',
  send: 'a boolean',
  participants: 'an array of strings',
  options: 'an object',
  url: 'a string',
};

/**
 * @param {IArguments | unknown[]} given
 * @param {string} parameters their names, as the error tells them
 * @param {number} [least] how many must be there, if not all
 */
export function check(given, parameters, least) {
  const names = parameters.split(', ');
  if (given.length > names.length || given.length < (least || names.length)) {
    throw new Error('Missing arguments: (' + parameters + ')');
  }
  names.forEach((name, index) => {
    const value = given[index];
    const type = TYPES[name];
    if (!value || !type) return;
    if (/array/.test(type) ? !Array.isArray(value) : type.indexOf(typeof value) < 0) throw new Error(name + ' must be ' + type);
    if (name === 'participants' && value.length > 1) throw new Error('A call takes at most one user');
  });
}
