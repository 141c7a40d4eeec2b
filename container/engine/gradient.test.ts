import { expect, test } from "vitest";
import { add, exponential, hyperbolicTangent, multiply, offset, scale, sigmoid, square } from "./arithmetic.ts";
import { convolution } from "./convolution.ts";
import { gradient, topological } from "./gradient.ts";
import { matmul, swapLastTwo } from "./linear-algebra.ts";
import { instanceNorm } from "./normalization.ts";
import { total } from "./reduction.ts";
import { concatenate, reshape, slice } from "./shape.ts";
import { evaluate, expectAgreement } from "./testing/agreement.ts";
import { map, random, type Tensor, tensor } from "./testing/tensor.ts";
import { constant, constantData, input, ShapeError, scalar, type Value } from "./value.ts";

const point = (...numbers: number[]): Tensor => tensor([numbers.length], ([i]) => numbers[i!]!);

test("the gradient of a value that is used several times is the sum over its uses", () =>
  expectAgreement({
    inputs: [random([4], 1)],
    operator(x) {
      const y = exponential(x);
      return add(multiply(y, x), multiply(y, y));
    },
    reference: (x) => map(x, (v) => Math.exp(v) * v + Math.exp(v) ** 2),
  }));

test("paths that split and join again are each counted once", async () => {
  // y ← y + y, twenty times: a million paths from x to the loss, but only forty values.
  const x = input("x0", [1]);
  let y: Value = x;
  for (let i = 0; i < 20; i++) y = add(y, y);
  const [dx] = gradient(total(y), [x]);
  const { found } = await evaluate({ found: dx! }, [point(1)]);
  expect(found!.data[0]).toBe(2 ** 20);
  expect(topological([dx!]).length).toBeLessThan(100);
});

test("the third derivative of e^(2x) is 8·e^(2x)", async () => {
  const x = input("x0", [3]);
  let y = exponential(scale(x, 2));
  for (let order = 0; order < 3; order++) [y] = gradient(total(y), [x]) as [Value];
  const { found } = await evaluate({ found: y }, [point(-1, 0, 0.5)]);
  for (const [i, v] of [-1, 0, 0.5].entries()) expect(found!.data[i]).toBeCloseTo(8 * Math.exp(2 * v), 4);
});

test("a gradient penalty (Gulrajani et al. 2017) can be differentiated through a whole net", async () => {
  const shapes = [[1, 2, 6, 6], [3, 2, 3, 3], [3], [3], [4, 108]];
  const [x, kernel, gamma, beta, weights] = shapes.map((shape, i) => input(`x${i}`, shape)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const features = hyperbolicTangent(instanceNorm(convolution(x, kernel, { pads: 1 }), gamma, beta));
  const score = total(sigmoid(matmul(weights, reshape(features, [108, 1]))));
  const [dx] = gradient(score, [x]) as [Value];
  const penalty = total(square(offset(total(square(dx)), -1)));
  const gradients = gradient(penalty, [kernel, weights]);

  const numbers = shapes.map((shape, i) => random(shape, i + 1));
  const found = await evaluate({ penalty, kernel: gradients[0]!, weights: gradients[1]! }, numbers);
  // The reference runs in float32 too, so the step is long and the tolerance is wide.
  for (const [name, which, at] of [
    ["kernel", 1, 5],
    ["kernel", 1, 40],
    ["weights", 4, 77],
  ] as const) {
    const shifted = async (by: number) => {
      const moved = numbers.map((t, i) => map(t, (v, position) => (i === which && position === at ? v + by : v)));
      return (await evaluate({ penalty }, moved)).penalty!.data[0]!;
    };
    const difference = ((await shifted(0.01)) - (await shifted(-0.01))) / 0.02;
    expect(found[name]!.data[at]! / difference).toBeCloseTo(1, 1);
  }
});

test("the gradient with respect to an unused value is zeros", () => {
  const [x, unused] = [input("x", [2]), input("unused", [2, 3])];
  const [dx, dUnused] = gradient(total(square(x)), [x, unused]);
  expect(constantData(dx)).toBeUndefined();
  expect(dUnused!.shape).toEqual([2, 3]);
  expect(constantData(dUnused)).toEqual(new Float32Array(6));
});

test("the gradient can be taken with respect to an intermediate value or the loss itself", async () => {
  const x = input("x0", [2]);
  const y = scale(x, 3);
  const loss = total(square(y));
  const [dy, dLoss] = gradient(loss, [y, loss]);
  const found = await evaluate({ dy: dy!, dLoss: dLoss! }, [point(1, -2)]);
  expect([...found.dy!.data]).toEqual([6, -12]);
  expect([...found.dLoss!.data]).toEqual([1]);
});

test("gradient rules run only on paths to the requested values", () => {
  const calledRules: string[] = [];
  const [x, kernel] = [input("x", [2]), input("kernel", [2])];
  const rule = (name: string) => (dy: Value) => {
    calledRules.push(name);
    return dy;
  };
  const y: Value = { ...multiply(x, kernel), gradients: [rule("x"), rule("kernel")] };
  gradient(total(y), [x]);
  expect(calledRules).toEqual(["x"]);
});

test("the gradient of a loss that is not a scalar is rejected", () => {
  const x = input("x", [2, 3]);
  expect(() => gradient(x, [x])).toThrow(new ShapeError("gradient of [2, 3]: the loss must be a scalar []."));
  expect(() => gradient(reshape(total(x), [1]), [x])).toThrow("gradient of [1]");
});

test("a graph may be deeper than the call stack", () => {
  let y: Value = input("x", []);
  const x = y;
  for (let i = 0; i < 30_000; i++) y = exponential(y);
  const [dx] = gradient(y, [x]);
  expect(topological([dx!]).length).toBe(60_000);
});

test("a recurrent net that reuses its weights at every step can be differentiated", () => {
  const steps = 4;
  return expectAgreement({
    inputs: [random([steps, 3], 1), random([3, 3], 2)],
    operator(x, w) {
      let state = constant(new Float32Array(3), [1, 3]);
      const states = Array.from({ length: steps }, (_, t) => {
        state = hyperbolicTangent(add(slice(x, [{ axis: 0, from: t, to: t + 1 }]), matmul(state, swapLastTwo(w))));
        return state;
      });
      return concatenate(states, 0);
    },
    reference(x, w) {
      const states: number[][] = [];
      for (let t = 0; t < steps; t++) {
        const before = states.at(-1) ?? [0, 0, 0];
        states.push(
          before.map((_, i) =>
            Math.tanh(x.data[3 * t + i]! + before.reduce((sum, v, j) => sum + w.data[3 * i + j]! * v, 0)),
          ),
        );
      }
      return { shape: [steps, 3], data: Float64Array.from(states.flat()) };
    },
  });
});

test("the gradient of a constant loss is zeros", () => {
  const x = input("x", [2]);
  expect(constantData(gradient(scalar(3), [x])[0])).toEqual(new Float32Array(2));
});
