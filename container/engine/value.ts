/**
 * A node of an immutable computation graph. The graph exists only through the references between its nodes. Calling an
 * operator runs nothing: `build.ts` walks back from the requested outputs and writes an ONNX graph, so unused nodes are
 * never written. `gradient.ts` walks the same graph from the loss back to its inputs.
 */
export interface Value {
  /** An ONNX operator (opset 18), `Input` or `Constant`. */
  readonly operator: string;
  /** `undefined` stands for an omitted optional ONNX input. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** [] is a scalar. All sizes are known when the graph is built. */
  readonly shape: Shape;
  readonly type: ElementType;
  /** The gradient rule for each input; `undefined` if no gradient flows to it (masks, shapes, targets). */
  readonly gradients: readonly (GradientRule | undefined)[];
  /** The name under which the caller feeds this value. Set only for inputs. */
  readonly name?: string;
  /** Set only for constants. */
  readonly data?: Float32Array | BigInt64Array;
}

export type Shape = readonly number[];
type ElementType = "float32" | "int64" | "bool";
type Attribute = bigint | number | string | readonly bigint[];

/** ∂L/∂(this input), given dy = ∂L/∂y in the shape of y. The result has the input's shape. */
type GradientRule = (dy: Value, y: Value) => Value;

export class ShapeError extends Error {
  override name = "ShapeError";
}

/** Throws a `ShapeError` that names the operator and its input shapes. */
export function throwShapeError(operator: string, inputs: readonly (Value | undefined)[], reason: string): never {
  const shapes = inputs.map((input) => (input ? `[${input.shape.join(", ")}]` : "–")).join(" and ");
  throw new ShapeError(`${operator} of ${shapes}: ${reason}.`);
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** A float32 value that the caller feeds at each run. */
export function input(name: string, shape: Shape): Value {
  return { operator: "Input", inputs: [], attributes: {}, shape, type: "float32", gradients: [], name };
}

/** A float32 constant. */
export function constant(data: Float32Array | readonly number[], shape: Shape): Value {
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  if (floats.length !== sizeOf(shape))
    throw new ShapeError(
      `Constant of [${shape.join(", ")}]: it needs ${sizeOf(shape)} numbers but got ${floats.length}.`,
    );
  return { operator: "Constant", inputs: [], attributes: {}, shape, type: "float32", gradients: [], data: floats };
}

export const scalar = (value: number): Value => constant([value], []);

/** An int64 tensor [n]: the type in which ONNX takes sizes, axes and positions. */
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

/** The numbers of a float constant; `undefined` for any other value. */
export const constantData = (value: Value | undefined): Float32Array | undefined =>
  value?.data instanceof Float32Array ? value.data : undefined;

interface Emission {
  shape: Shape;
  type?: ElementType;
  attributes?: Record<string, Attribute>;
  gradients?: readonly (GradientRule | undefined)[];
  /**
   * The same operation in JavaScript, on the data of the float inputs. If all of them are constants, the result is
   * computed immediately and becomes a constant.
   */
  fold?: (...inputs: Float32Array[]) => Float32Array;
}

/** y = operator(inputs). */
export function emit(operator: string, inputs: readonly (Value | undefined)[], emission: Emission): Value {
  const { shape, type = "float32", attributes = {}, gradients = [], fold } = emission;
  if (shape.some((n) => !Number.isInteger(n) || n < 1))
    throwShapeError(operator, inputs, `the output would have the shape [${shape.join(", ")}]`);
  const floats = inputs.flatMap((value) => (value?.type === "float32" ? [value] : []));
  if (fold && floats.length > 0) {
    const numbers = floats.map(constantData);
    if (numbers.every((data) => data !== undefined)) return constant(fold(...numbers), shape);
  }
  return { operator, inputs, attributes, shape, type, gradients };
}
