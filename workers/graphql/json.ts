/** What JSON in a request may be: far more than the contract asks for, and far less than harms an isolate of 128 MB. */
export const MAX_DEPTH = 20;
/** Items of one list, or members of one object. */
export const MAX_ITEMS = 100;
export const MAX_VALUES = 1_000;
/** Quotation marks, those inside strings too: each costs a step of the scan. */
const MAX_QUOTES = 20_000;

/**
 * The value of a JSON text. Throws a SyntaxError that says why where it is not JSON, or is larger than the limits above: a text of
 * 42 MB may otherwise become millions of objects.
 */
export function readJson(text: string): unknown {
  checkStructure(text);
  return JSON.parse(text);
}

const MARK = /["[\]{},]/g;

/** Counts what the text would become, without making it. What is not well formed is left to the parser. */
function checkStructure(text: string): void {
  /** For each open list or object the number of its items so far. */
  const items: number[] = [];
  let values = 0;
  let quotes = 0;
  const countQuote = () => {
    if (++quotes > MAX_QUOTES) throw new SyntaxError("It has too many quotation marks.");
  };
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(text); mark; mark = MARK.exec(text)) {
    switch (mark[0]) {
      case '"':
        MARK.lastIndex = endOfString(text, mark.index + 1, countQuote);
        break;
      case "[":
      case "{":
        if (items.push(1) > MAX_DEPTH) throw new SyntaxError(`It is nested more than ${MAX_DEPTH} deep.`);
        values++;
        break;
      case ",": {
        const count = (items.pop() ?? 0) + 1;
        if (count > MAX_ITEMS) throw new SyntaxError(`A list or an object has more than ${MAX_ITEMS} items.`);
        items.push(count);
        values++;
        break;
      }
      default:
        items.pop();
    }
    if (values > MAX_VALUES) throw new SyntaxError(`It has more than ${MAX_VALUES} values.`);
  }
}

/** Where a string that begins at `start` is over: behind the first quotation mark that is not escaped. */
function endOfString(text: string, start: number, countQuote: () => void): number {
  for (let at = start; ; ) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    countQuote();
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}
