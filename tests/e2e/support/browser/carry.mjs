// Values on their way into a page and back, as text: what JSON cannot say, it says in words.

/** Runs in a page: calls the function with the arguments and gives its outcome as text. */
export const carrier = (fn, args) => `async () => {
  const pack = (value) => JSON.stringify(value, (key, item) => typeof item === 'number' && !Number.isFinite(item) ? { $number: String(item) } : item);
  try {
    return pack({ value: await (${fn})(...JSON.parse(${JSON.stringify(JSON.stringify(args))})) });
  } catch (error) {
    return pack({ failed: error instanceof Error ? \`\${error.name}: \${error.message}\` : String(error), stack: error?.stack });
  }
}`;

/** What `carrier` gave, or the error of the page. */
export function unpack(text) {
  const { value, failed, stack } = JSON.parse(text, (key, item) => (item?.$number === undefined ? item : Number(item.$number)));
  if (failed !== undefined) throw new Error(`in the page: ${failed}\n${stack ?? ''}`);
  return value;
}
