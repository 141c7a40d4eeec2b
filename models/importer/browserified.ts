/** browserify's code around the only module of a minified bundle. The minifier chooses the names. */
const BUNDLE =
  /\(\{1:\[function\([\w$]+,([\w$]+),[\w$]+\)\{\1\.exports=(?<value>.*)\},\{\}\]\},\{\},\[1\]\)\(1\)\}\);\s*$/s;

/** The next token of a minified literal: a string, !0 or !1, a number, a name, or punctuation. */
const TOKEN =
  /(?<string>"(?:[^"\\]|\\.)*")|!(?<boolean>[01])|(?<number>-?(?:\d|\.\d)[\d.e+-]*)|(?<name>[A-Za-z_$][\w$]*)(?=:)|null|[{}[\],:]/y;

/**
 * Reads the JSON value that a minified bundle of one CommonJS module exports. Nothing is executed: only the literal after
 * `exports=` is parsed. Throws if it is not plain data.
 */
export function readBrowserified(file: string, bytes: Uint8Array): unknown {
  const literal = BUNDLE.exec(new TextDecoder().decode(bytes))?.groups?.value;
  if (literal === undefined) throw new Error(`${file}: not a bundle of one module that exports a literal.`);
  // A string of many megabytes is valid JSON already.
  const json = /^"[\w+/=]*"$/.test(literal) ? literal : jsonOf(literal, file);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error(`${file}: what the module exports is not plain data.`, { cause });
  }
}

/** Converts a minified literal (bare keys, !0 for true, .5 for 0.5) to JSON. */
function jsonOf(literal: string, file: string): string {
  const parts: string[] = [];
  for (let at = 0; at < literal.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(literal);
    if (!token)
      throw new Error(
        `${file}: what the module exports is not plain data: ${JSON.stringify(literal.slice(at, at + 20))}.`,
      );
    const { boolean, number, name } = token.groups!;
    if (boolean !== undefined) parts.push(boolean === "0" ? "true" : "false");
    else if (number !== undefined) parts.push(number.replace(/^(-?)\./, "$10."));
    else if (name !== undefined) parts.push(JSON.stringify(name));
    else parts.push(token[0]);
  }
  return parts.join("");
}
