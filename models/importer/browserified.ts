/** What browserify puts before and after the one module of a minified bundle; the names are the minifier's choice. */
const BUNDLE =
  /\(\{1:\[function\([\w$]+,([\w$]+),[\w$]+\)\{\1\.exports=(?<value>.*)\},\{\}\]\},\{\},\[1\]\)\(1\)\}\);\s*$/s;

/** A token of a minified literal, from where the last one ended: a string, !0 and !1, a number, a name, punctuation. */
const TOKEN =
  /(?<string>"(?:[^"\\]|\\.)*")|!(?<boolean>[01])|(?<number>-?(?:\d|\.\d)[\d.e+-]*)|(?<name>[A-Za-z_$][\w$]*)(?=:)|null|[{}[\],:]/y;

/**
 * The JSON value that a minified bundle of one CommonJS module exports. Nothing is executed: the literal behind
 * `exports=` is read by itself, and whatever is not plain data is refused.
 */
export function readBrowserified(file: string, bytes: Uint8Array): unknown {
  const literal = BUNDLE.exec(new TextDecoder().decode(bytes))?.groups?.value;
  if (literal === undefined) throw new Error(`${file}: not a bundle of one module that exports a literal.`);
  // A string of many megabytes is JSON already.
  const json = /^"[\w+/=]*"$/.test(literal) ? literal : jsonOf(literal, file);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error(`${file}: what the module exports is not plain data.`, { cause });
  }
}

/** A literal as minifiers write it, with bare keys, !0 for true and .5 for 0.5, as JSON. */
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
