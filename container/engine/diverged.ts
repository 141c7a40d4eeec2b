/** The loss is no number any more. What was kept before `step` is still good. */
export class DivergedError extends Error {
  override name = "DivergedError";
  readonly step: number;
  readonly loss: number;

  constructor(step: number, loss: number) {
    super(`The loss is ${loss} at step ${step}. Try a smaller learning rate, or smaller weights of the losses.`);
    this.step = step;
    this.loss = loss;
  }
}

/** Stops before a loss that is NaN or infinite spoils what is optimised. */
export function throwIfDiverged(step: number, loss: number): void {
  if (!Number.isFinite(loss)) throw new DivergedError(step, loss);
}
