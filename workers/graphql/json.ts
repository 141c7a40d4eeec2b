/** Limits of JSON in a request: far above what the schema needs, and far below what harms an isolate of 128 MB. */
export const MAX_DEPTH = 20;
/** The maximum number of items of one list, or members of one object. */
export const MAX_ITEMS = 100;
export const MAX_VALUES = 1_000;
/** The maximum number of quotation marks, including those inside strings. Each takes a step of the scan. */
const MAX_QUOTES = 20_000;

/** Parses JSON. Throws a SyntaxError with the reason if the text is not JSON or exceeds the limits above. */
export function readJson(text: string): unknown {
  checkStructure(new TextEncoder().encode(text));
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts the values of JSON in UTF-8 without creating them, and throws a SyntaxError if they exceed the limits above. Without this
 * check, 42 MB can become millions of objects. The parser reports malformed JSON.
 */
export function checkStructure(json: Uint8Array): void {
  /** The number of items so far, for each open list or object. */
  const items: number[] = [];
  let values = 0;
  let quotes = 0;
  const countQuote = () => {
    if (++quotes > MAX_QUOTES) throw new SyntaxError(`It has too many quotation marks. The limit is ${MAX_QUOTES}.`);
  };
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at + 1, countQuote);
        break;
      case LIST:
      case OBJECT:
        if (items.push(1) > MAX_DEPTH) throw new SyntaxError(`It is nested more than ${MAX_DEPTH} levels deep.`);
        values++;
        break;
      case COMMA: {
        const count = (items.pop() ?? 0) + 1;
        if (count > MAX_ITEMS) throw new SyntaxError(`A list or an object has more than ${MAX_ITEMS} items.`);
        items.push(count);
        values++;
        break;
      }
      case LIST_END:
      case OBJECT_END:
        items.pop();
    }
    if (values > MAX_VALUES) throw new SyntaxError(`It has more than ${MAX_VALUES} values in total.`);
  }
}

/** The end of the string that starts at `start`: the first quotation mark that is not escaped. */
function endOfString(json: Uint8Array, start: number, countQuote: () => void): number {
  for (let at = start; ; ) {
    const quote = json.indexOf(QUOTE, at);
    if (quote === -1) return json.length;
    countQuote();
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}
