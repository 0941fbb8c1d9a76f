// Objects as they are, whatever the page has done to the prototypes that all of them share: what an old library adds
// to `Object.prototype`, a `toJSON` on arrays and strings, prototypes that are frozen. Small: the script tag carries it.

export const isOwn = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

/**
 * A deep copy as data.
 * @throws TypeError for what contains itself
 */
export function plain(value) {
  // What is there, and not what a `toJSON` of the page makes of it.
  return JSON.parse(JSON.stringify(value, function (key) { return this[key]; }));
}
