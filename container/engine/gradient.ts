import { add } from "./arithmetic.ts";
import { constant, throwShapeError, type Value } from "./value.ts";

/**
 * ∂loss/∂x for each x in `wrt`, by reverse accumulation (Linnainmaa 1970). From the loss backward, each value passes
 * its inputs their part of dy; contributions that reach a value along several paths are added. The results are values
 * like any others and can be differentiated again. The gradient is zeros if the loss does not depend on x.
 */
export function gradient(loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.length > 0) throwShapeError("gradient", [loss], "the loss must be a scalar []");
  const order = topological([loss]);
  const dependents = new Set(wrt);
  for (const value of order) if (value.inputs.some((input) => input && dependents.has(input))) dependents.add(value);

  const gradients = new Map<Value, Value>([[loss, constant([1], [])]]);
  for (const value of order.toReversed()) {
    const dy = gradients.get(value);
    if (!dy || !dependents.has(value)) continue;
    value.inputs.forEach((input, i) => {
      const rule = value.gradients[i];
      if (!input || !rule || !dependents.has(input)) return;
      const contribution = rule(dy, value);
      const sum = gradients.get(input);
      gradients.set(input, sum ? add(sum, contribution) : contribution);
    });
  }
  return wrt.map((x) => gradients.get(x) ?? constant(new Float32Array(x.shape.reduce((p, n) => p * n, 1)), x.shape));
}

/** All values that `roots` depend on, each after its inputs. */
export function topological(roots: readonly Value[]): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  // An explicit stack: the graph of a net can be deeper than the JavaScript call stack allows.
  const stack: { value: Value; next: number }[] = [];
  const enter = (value: Value) => {
    if (seen.has(value)) return;
    seen.add(value);
    stack.push({ value, next: 0 });
  };
  for (const root of roots) {
    enter(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (top.next === top.value.inputs.length) {
        order.push(top.value);
        stack.pop();
        continue;
      }
      const input = top.value.inputs[top.next++];
      if (input) enter(input);
    }
  }
  return order;
}
