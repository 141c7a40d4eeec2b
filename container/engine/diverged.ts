/** The loss became NaN or infinite at `step`. Results saved before that step are valid. */
export class DivergedError extends Error {
  override name = "DivergedError";
  readonly step: number;
  readonly loss: number;

  constructor(step: number, loss: number) {
    super(`The loss is ${loss} at step ${step}. Try a smaller learning rate or smaller loss weights.`);
    this.step = step;
    this.loss = loss;
  }
}

/** Throws if the loss is NaN or infinite, before the optimizer applies its gradient. */
export function throwIfDiverged(step: number, loss: number): void {
  if (!Number.isFinite(loss)) throw new DivergedError(step, loss);
}
