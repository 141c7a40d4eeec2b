import { throwIfDiverged } from "./diverged.ts";
import { type LinePoint, strongWolfe } from "./line-search.ts";

export interface Evaluation {
  loss: number;
  gradient: Float32Array;
}

export interface LbfgsOptions {
  /** The maximum number of steps. A step usually takes one evaluation, seldom more. */
  steps: number;
  /** m: the number of recent steps that approximate the curvature. Each needs twice the memory of x. */
  history?: number;
  /** The root mean square change of x that the first step tries. Later steps try the quasi-Newton step. */
  firstChange?: number;
  /** Converged if ‖∇f‖ is at most this fraction of its initial value. */
  tolerance?: number;
  /** Called and awaited after each step. The caller may keep `x`. Returning `false` stops the search. */
  onStep?: (step: number, loss: number, x: Float32Array) => unknown;
}

export interface LbfgsResult {
  x: Float32Array;
  loss: number;
  /** Steps taken. */
  steps: number;
  evaluations: number;
  /** Why the search ended. `flat`: in float32 no point along the search direction has a lower loss. */
  end: "steps" | "converged" | "flat" | "stopped";
}

/** A step and how it changed the gradient: s = x′ − x, y = ∇f′ − ∇f, ρ = 1 / yᵀs. */
interface Correction {
  s: Float32Array;
  y: Float32Array;
  rho: number;
}

interface Trial extends LinePoint {
  x: Float32Array;
  gradient: Float32Array;
}

/**
 * Limited-memory BFGS with a strong-Wolfe line search. Nocedal and Wright 2006, algorithm 7.5. Does not modify `x`.
 * Throws `DivergedError` with the step if the loss is NaN or infinite and a shorter step does not help.
 */
export async function lbfgs(
  evaluate: (x: Float32Array) => Promise<Evaluation>,
  x: Float32Array,
  { steps, history = 10, firstChange = 0.05, tolerance = 1e-7, onStep }: LbfgsOptions,
): Promise<LbfgsResult> {
  const initial = await evaluate(x);
  throwIfDiverged(0, initial.loss);
  const gradientTolerance = tolerance * norm(initial.gradient);
  let current: Evaluation & { x: Float32Array } = { x: x.slice(), loss: initial.loss, gradient: initial.gradient };
  let evaluations = 1;
  const corrections: Correction[] = [];
  let step = 0;
  const resultOf = (end: LbfgsResult["end"]): LbfgsResult => ({
    x: current.x,
    loss: current.loss,
    steps: step,
    evaluations,
    end,
  });

  while (step < steps) {
    const { x: from, loss, gradient } = current;
    if (norm(gradient) <= gradientTolerance) return resultOf("converged");
    const direction = descentDirection(gradient, corrections);
    const start: Trial = { length: 0, value: loss, slope: dot(gradient, direction), x: from, gradient };
    let lastTrial = start;
    const evaluateAt = async (length: number): Promise<Trial> => {
      const point = from.map((v, i) => v + length * direction[i]!);
      const evaluation = await evaluate(point);
      evaluations++;
      lastTrial = {
        length,
        value: evaluation.loss,
        slope: dot(evaluation.gradient, direction),
        x: point,
        gradient: evaluation.gradient,
      };
      return lastTrial;
    };
    const length = corrections.length > 0 ? 1 : (firstChange * Math.sqrt(x.length)) / norm(direction);
    const accepted = start.slope < 0 ? await strongWolfe(evaluateAt, start, length) : undefined;
    if (!accepted) {
      throwIfDiverged(step + 1, lastTrial.value);
      if (corrections.length === 0) return resultOf("flat");
      // The curvature estimate is misleading here. Retry with steepest descent.
      corrections.length = 0;
      continue;
    }

    const s = accepted.x.map((v, i) => v - from[i]!);
    const y = accepted.gradient.map((v, i) => v - gradient[i]!);
    const curvature = dot(s, y);
    // The Wolfe conditions guarantee a positive curvature, but rounding in float32 can break that.
    if (curvature > 0) corrections.push({ s, y, rho: 1 / curvature });
    if (corrections.length > history) corrections.shift();
    current = { x: accepted.x, loss: accepted.value, gradient: accepted.gradient };
    step++;
    if ((await onStep?.(step, current.loss, current.x)) === false) return resultOf("stopped");
  }
  return resultOf("steps");
}

/** −H·∇f by the two-loop recursion. Algorithm 7.4 with H⁰ = γ·I, eq. 7.20. */
function descentDirection(gradient: Float32Array, corrections: readonly Correction[]): Float32Array {
  const q = gradient.map((g) => -g);
  const latest = corrections.at(-1);
  if (!latest) return q;
  const alphas = corrections.toReversed().map(({ s, y, rho }) => {
    const alpha = rho * dot(s, q);
    addScaled(q, -alpha, y);
    return alpha;
  });
  const gamma = 1 / (latest.rho * dot(latest.y, latest.y));
  for (let i = 0; i < q.length; i++) q[i]! *= gamma;
  for (const { s, y, rho } of corrections) addScaled(q, alphas.pop()! - rho * dot(y, q), s);
  return q;
}

/** to += k·a. */
function addScaled(to: Float32Array, k: number, a: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += k * a[i]!;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const norm = (a: Float32Array): number => Math.sqrt(dot(a, a));
