/** False match rate: the share of comparisons of two people that are taken for one, in [0, 1]. ISO/IEC 19795-1. */
export type Fmr = number & { readonly __unit: "FMR" };

/** False positive identification rate: the share of searches for a stranger that name anybody, in [0, 1]. ISO/IEC 19795-1. */
export type Fpir = number & { readonly __unit: "FPIR" };

export const fmrOf = (value: number): Fmr => checked(value, "false match rate") as Fmr;
export const fpirOf = (value: number): Fpir => checked(value, "false positive identification rate") as Fpir;

function checked(value: number, name: string): number {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`A ${name} is in [0, 1], not ${value}.`);
  return value;
}

/**
 * The FMR that each of n independent comparisons may have so that all of them together keep to `rate`: 1 − (1 − rate)^(1/n),
 * about rate / n. By log1p and expm1, because at 10⁻⁹ the powers would lose every digit. n need not be whole.
 */
export function shareOf(rate: Fmr | Fpir, n: number): Fmr {
  return (n === 0 ? 1 : -Math.expm1(Math.log1p(-rate) / n)) as Fmr;
}

/** The inverse of {@link shareOf}: the chance that any of n independent comparisons is a false match, 1 − (1 − FMR)^n. */
export function ofAny(fmr: Fmr, n: number): number {
  return n === 0 ? 0 : -Math.expm1(Math.log1p(-fmr) * n);
}
