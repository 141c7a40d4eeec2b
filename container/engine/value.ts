/**
 * A value of the computation: a node of an immutable graph that exists only as its references. Nothing runs when an
 * operator is called; `build.ts` walks back from what is asked for and writes an ONNX graph, so what nobody asks for never
 * comes to be. `gradient.ts` walks the same graph the other way.
 */
export interface Value {
  /** An ONNX operator (opset 18), or where the graph begins: what the caller feeds, and what never changes. */
  readonly operator: string;
  /** `undefined` is an optional input of ONNX that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** [] is a scalar. Every size is known when the graph is built. */
  readonly shape: Shape;
  readonly type: ElementType;
  /** How a change of this value reaches each of its inputs; none where it does not (masks, shapes, targets). */
  readonly gradients: readonly (GradientRule | undefined)[];
  /** What the caller feeds it by; inputs only. */
  readonly name?: string;
  /** Constants only. */
  readonly data?: Float32Array | BigInt64Array;
}

export type Shape = readonly number[];
type ElementType = "float32" | "int64" | "bool";
type Attribute = bigint | number | string | readonly bigint[];

/** ∂L/∂(this input), given dy = ∂L/∂y of the shape of y. The result has the input's shape. */
type GradientRule = (dy: Value, y: Value) => Value;

export class ShapeError extends Error {
  override name = "ShapeError";
}

/** Names the operator and the shapes it was given, for whoever wires a graph wrongly. */
export function throwShapeError(operator: string, inputs: readonly (Value | undefined)[], reason: string): never {
  const shapes = inputs.map((input) => (input ? `[${input.shape.join(", ")}]` : "–")).join(" and ");
  throw new ShapeError(`${operator} of ${shapes}: ${reason}.`);
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** What the caller feeds at each run, float32. */
export function input(name: string, shape: Shape): Value {
  return { operator: "Input", inputs: [], attributes: {}, shape, type: "float32", gradients: [], name };
}

/** Numbers that never change. */
export function constant(data: Float32Array | readonly number[], shape: Shape): Value {
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  if (floats.length !== sizeOf(shape))
    throw new ShapeError(`Constant of [${shape.join(", ")}]: ${floats.length} numbers were given.`);
  return { operator: "Constant", inputs: [], attributes: {}, shape, type: "float32", gradients: [], data: floats };
}

export const scalar = (value: number): Value => constant([value], []);

/** Sizes, axes and positions, which ONNX takes as int64 tensors [n]. */
export function integers(values: readonly number[]): Value {
  const data = BigInt64Array.from(values.map((value) => BigInt(Math.trunc(value))));
  return {
    operator: "Constant",
    inputs: [],
    attributes: {},
    shape: [values.length],
    type: "int64",
    gradients: [],
    data,
  };
}

/** The numbers of a float constant; `undefined` of anything else. */
export const constantData = (value: Value | undefined): Float32Array | undefined =>
  value?.data instanceof Float32Array ? value.data : undefined;

interface Emission {
  shape: Shape;
  type?: ElementType;
  attributes?: Record<string, Attribute>;
  gradients?: readonly (GradientRule | undefined)[];
  /** The same in JavaScript, from the float inputs' numbers: a value of constants is a constant, reckoned at once. */
  fold?: (...inputs: Float32Array[]) => Float32Array;
}

/** y = operator(inputs). */
export function emit(operator: string, inputs: readonly (Value | undefined)[], emission: Emission): Value {
  const { shape, type = "float32", attributes = {}, gradients = [], fold } = emission;
  if (shape.some((n) => !Number.isInteger(n) || n < 1))
    throwShapeError(operator, inputs, `it would be [${shape.join(", ")}]`);
  const floats = inputs.flatMap((value) => (value?.type === "float32" ? [value] : []));
  if (fold && floats.length > 0) {
    const numbers = floats.map(constantData);
    if (numbers.every((data) => data !== undefined)) return constant(fold(...numbers), shape);
  }
  return { operator, inputs, attributes, shape, type, gradients };
}
