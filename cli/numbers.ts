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

/** Reads an option that is a number in a range. */
export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a number from ${least} to ${most}.`);
  };
}
