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
 * The FMR that each of `gallerySize` independent comparisons may have so that all of them together keep to `fpir`:
 * 1 − (1 − FPIR)^(1/N) ≈ FPIR / N. By log1p and expm1, because at FPIR = 10⁻⁹ the powers would lose every digit.
 */
export function shareOf(fpir: Fpir, gallerySize: number): Fmr {
  return (gallerySize === 0 ? 1 : -Math.expm1(Math.log1p(-fpir) / gallerySize)) as Fmr;
}

/** The inverse of {@link shareOf}: the chance that any of `gallerySize` comparisons is a false match, 1 − (1 − FMR)^N. */
export function fpirAt(fmr: Fmr, gallerySize: number): Fpir {
  return (gallerySize === 0 ? 0 : -Math.expm1(Math.log1p(-fmr) * gallerySize)) as Fpir;
}
