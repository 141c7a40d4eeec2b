/** What JSON in a request may be: far more than the contract asks for, and far less than harms an isolate of 128 MB. */
export const MAX_DEPTH = 20;
/** Items of one list, or members of one object. */
export const MAX_ITEMS = 100;
export const MAX_VALUES = 1_000;
/** Quotation marks, those inside strings too: each costs a step of the scan. */
const MAX_QUOTES = 20_000;

/** The value of a JSON text. Throws a SyntaxError that says why where it is not JSON, or is larger than the limits above. */
export function readJson(text: string): unknown {
  checkStructure(new TextEncoder().encode(text));
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts what JSON in UTF-8 would become, without making it, and throws a SyntaxError where that is larger than the limits above: 42 MB
 * may otherwise become millions of objects. What is not well formed is left to the parser.
 */
export function checkStructure(json: Uint8Array): void {
  /** For each open list or object the number of its items so far. */
  const items: number[] = [];
  let values = 0;
  let quotes = 0;
  const countQuote = () => {
    if (++quotes > MAX_QUOTES) throw new SyntaxError("It has too many quotation marks.");
  };
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at + 1, countQuote);
        break;
      case LIST:
      case OBJECT:
        if (items.push(1) > MAX_DEPTH) throw new SyntaxError(`It is nested more than ${MAX_DEPTH} deep.`);
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
    if (values > MAX_VALUES) throw new SyntaxError(`It has more than ${MAX_VALUES} values.`);
  }
}

/** Where a string that begins at `start` ends: at the first quotation mark that is not escaped. */
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
