import { InvalidArgumentError } from "commander";

/** Reads an option that is a whole number in a range, and a multiple of `factor`. */
export function whole(least: number, most: number, factor = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const right = text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most;
    if (!right) throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    if (value % factor !== 0) throw new InvalidArgumentError(`It is a multiple of ${factor}.`);
    return value;
  };
}

/** Reads an option that is a number in a range, which may be open above. The least number above 0 stands for "above 0". */
export function number(least: number, most = Number.POSITIVE_INFINITY): (text: string) => number {
  const from = least === Number.MIN_VALUE ? "above 0" : `from ${least}`;
  const range = Number.isFinite(most) ? `${from} to ${most}` : from;
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a number ${range}.`);
  };
}
