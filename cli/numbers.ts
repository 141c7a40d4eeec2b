import { InvalidArgumentError } from "commander";

/** Returns a parser of an integer option in a range, which must be a multiple of `factor`. */
export function integer(min: number, max: number, factor = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const isValid = text.trim() !== "" && Number.isInteger(value) && value >= min && value <= max;
    if (!isValid) throw new InvalidArgumentError(`Use an integer from ${min} to ${max}.`);
    if (value % factor !== 0) throw new InvalidArgumentError(`Use a multiple of ${factor}.`);
    return value;
  };
}

/** Returns a parser of a number option in a range. The default of `max` is no limit. `Number.MIN_VALUE` as `min` means "above 0". */
export function number(min: number, max = Number.POSITIVE_INFINITY): (text: string) => number {
  const from = min === Number.MIN_VALUE ? "above 0" : `from ${min}`;
  const range = Number.isFinite(max) ? `${from} to ${max}` : from;
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Use a number ${range}.`);
  };
}
