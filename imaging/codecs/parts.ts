/** Collects the pieces of a file that remain after others are dropped, without copying. */
export class FileParts {
  readonly #bytes: Uint8Array;
  readonly #kept: Uint8Array[] = [];
  #from = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Drops the bytes from `start` to before `end`. Calls must come in file order. */
  drop(start: number, end: number): void {
    if (start > this.#from) this.#kept.push(this.#bytes.subarray(this.#from, start));
    this.#from = end;
  }

  /** The remaining pieces of the file before `end`. */
  until(end: number): readonly Uint8Array[] {
    return end > this.#from ? [...this.#kept, this.#bytes.subarray(this.#from, end)] : this.#kept;
  }
}

/** Joins the parts into one array. Copies only if there are several. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
