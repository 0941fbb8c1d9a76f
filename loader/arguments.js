// Checks what a method was called with: first how many arguments, then the type of those that are truthy.

export const ALIAS = ['userAlias', 'string'];

/** @param {string[][]} parameters pairs of name and type */
export function check(given, parameters, least) {
  const names = parameters.map((parameter) => parameter[0]);
  if (given.length > names.length || given.length < (least === undefined ? names.length : least)) {
    throw new Error('Missing arguments: (' + names.join(', ') + ')');
  }
  parameters.forEach(([name, type], index) => {
    const value = given[index];
    if (value && (type === 'array' ? !Array.isArray(value) : typeof value !== type)) {
      throw new Error(name + ' must be ' + (type === 'array' ? 'an array of strings' : a(type)));
    }
    if (type === 'array' && value && value.length > 1) throw new Error('A call takes at most one user');
  });
}

export function a(type) {
  return (type === 'object' ? 'an ' : 'a ') + type;
}
