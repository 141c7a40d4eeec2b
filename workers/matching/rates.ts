/** False match rate: the share of impostor comparisons that match, in [0, 1]. ISO/IEC 19795-1. */
export type Fmr = number & { readonly __unit: "FMR" };

/**
 * False positive identification rate: the share of searches with a person who is not in the gallery that return a candidate, in [0, 1].
 * ISO/IEC 19795-1.
 */
export type Fpir = number & { readonly __unit: "FPIR" };

export const fmrOf = (value: number): Fmr => checkRate(value, "false match rate") as Fmr;
export const fpirOf = (value: number): Fpir => checkRate(value, "false positive identification rate") as Fpir;

function checkRate(value: number, name: string): number {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`A ${name} must be in [0, 1], not ${value}.`);
  return value;
}

/**
 * The FMR that each of n independent comparisons may have so that at least one of them falsely matches with probability `rate`:
 * 1 − (1 − rate)^(1/n), about rate / n. Uses log1p and expm1, because at 10⁻⁹ the powers would lose all digits. n need not be an integer.
 */
export function fmrPerComparison(rate: Fmr | Fpir, n: number): Fmr {
  return (n === 0 ? 1 : -Math.expm1(Math.log1p(-rate) / n)) as Fmr;
}

/** The probability that at least one of n independent comparisons is a false match: 1 − (1 − FMR)^n. The inverse of {@link fmrPerComparison}. */
export function anyFalseMatchRate(fmr: Fmr, n: number): number {
  return n === 0 ? 0 : -Math.expm1(Math.log1p(-fmr) * n);
}
