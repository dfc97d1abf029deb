// Numbers that a browser would write otherwise, as ids of many digits, are kept
// as strings with a mark that no event has.
const mark = `number ${Math.random().toString(36).slice(2)} `
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const marked = new RegExp(`"${mark}([^"]*)"`, 'g')

/** Parses JSON so that written writes its numbers as they were. */
export const exact = (text: string): unknown =>
  JSON.parse(text.replace(tokens, (token) => (token.startsWith('"') || token === String(Number(token)) ? token : JSON.stringify(mark + token))))

/** Writes what exact parsed, a field a line. */
export const written = (value: unknown) => JSON.stringify(value, undefined, 2).replace(marked, '$1')

/** JSON with a field a line; as it is where it is none, or was cut. */
export function readable(text: string): string {
  const wrong = wrongJSON(text)
  return wrong === undefined ? written(exact(text)) : text
}

/** What is wrong with a text that should be JSON; undefined if nothing is. */
export function wrongJSON(text: string): string | undefined {
  try {
    JSON.parse(text)
  } catch (error) {
    return (error as Error).message
  }
}
