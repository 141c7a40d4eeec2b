/**
 * The net that paints a picture in one pass, described once in words that training, export and quantization each
 * understand in their own way (`Operators`). It follows Johnson et al. 2016: down to a quarter, residual blocks, up again. What
 * differs is there for one thread without a GPU:
 *
 * - Nothing is convolved at full size. The picture comes in as its four half-size phases (space to depth), and both
 *   enlargements are folded into the convolution after them (`kernels.ts`), then depth to space.
 * - No normalisation of activations: a tile must come out as the same pixels would in the whole picture. The kernels are
 *   standardised instead, and the photograph comes in with the painting's colours, thus with its contrast.
 * - Hues are smooth by construction: colours come out as luma and chromas, and chromas of half the size. Fine rainbow noise,
 *   which a loss net of strides hardly sees, cannot be painted.
 * - Borders are reflected, so that there is no frame of zeros to be seen.
 *
 * Pictures are [N, 3, H, W] in [0, 1]; H and W are multiples of {@link SIZE_MULTIPLE}.
 */

/** Sides of what the net takes are multiples of this: it works at a quarter of the size. */
export const SIZE_MULTIPLE = 4;

/** Channels at half size, channels at a quarter, and residual blocks there. */
export interface Architecture {
  readonly half: number;
  readonly quarter: number;
  readonly blocks: number;
}

export const ARCHITECTURE: Architecture = { half: 20, quarter: 40, blocks: 3 };

/** A convolution over a reflected border of one pixel, with a bias, then max(·, 0) where it says so. */
export interface Layer {
  readonly name: string;
  readonly inputs: number;
  /** Channels of the result; an enlarging layer gives four times as many, the phases of a picture twice the size. */
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly enlarges: boolean;
  /** Of what it enlarges the first plane stays in phases; of each other the mean of its phases is left. */
  readonly halvesChroma: boolean;
  readonly rectified: boolean;
}

/** What the net is made of. `T` is a value of a graph, a name in an ONNX file, or the like. */
export interface Operators<T> {
  /** [N, C, H, W] → [N, 4·C, H / 2, W / 2]; channel (2·row + column)·C + c. */
  spaceToDepth(x: T): T;
  /** [N, 4·C, H, W] → [N, C, 2·H, 2·W]; from channel 4·c + 2·row + column. */
  depthToSpace(x: T): T;
  convolution(x: T, layer: Layer): T;
  add(x: T, y: T): T;
}

/** x [N, 3, H, W] → [N, 3, H, W], not yet cut off at [0, 1]. */
export function paint<T>(x: T, architecture: Architecture, operators: Operators<T>): T {
  const { entrance, descent, blocks, ascent, exit, colours } = layersOf(architecture);
  let features = operators.convolution(operators.convolution(operators.spaceToDepth(x), entrance), descent);
  for (const [first, second] of blocks)
    features = operators.add(features, operators.convolution(operators.convolution(features, first), second));
  const planes = operators.convolution(operators.depthToSpace(operators.convolution(features, ascent)), exit);
  return operators.depthToSpace(operators.convolution(planes, colours));
}

/** How many pixels beyond a tile its own pixels depend on, a multiple of {@link SIZE_MULTIPLE}. */
export function reach({ blocks }: Architecture): number {
  // In pixels of the picture: each layer looks one pixel of its own size further; the entrance's phases and the stride one more.
  const [half, quarter] = [2, 4];
  const pixels = half + half + quarter * 2 * blocks + quarter + half + half;
  return SIZE_MULTIPLE * Math.ceil((pixels + half) / SIZE_MULTIPLE);
}

export function layersOf({ half, quarter, blocks }: Architecture) {
  const layer = (name: string, inputs: number, outputs: number, of: Partial<Layer> = {}): Layer => ({
    ...{ name, inputs, outputs, stride: 1, enlarges: false, halvesChroma: false, rectified: true },
    ...of,
  });
  return {
    entrance: layer("entrance", 12, half),
    descent: layer("descent", half, quarter, { stride: 2 }),
    blocks: Array.from(
      { length: blocks },
      (_, i) =>
        [
          layer(`block${i}.first`, quarter, quarter),
          layer(`block${i}.second`, quarter, quarter, { rectified: false }),
        ] as const,
    ),
    ascent: layer("ascent", quarter, half, { enlarges: true }),
    // Luma (`imaging/opponent.ts`) in four phases and two chromas of half the size; then red, green and blue of them.
    exit: layer("exit", half, 3, { enlarges: true, halvesChroma: true, rectified: false }),
    colours: layer("colours", 6, 12, { rectified: false }),
  };
}

/** The layers that are trained; `colours` is given. */
export function trainedLayers(architecture: Architecture): Layer[] {
  const { entrance, descent, blocks, ascent, exit } = layersOf(architecture);
  return [entrance, descent, ...blocks.flat(), ascent, exit];
}

export const allLayers = (architecture: Architecture): Layer[] => [
  ...trainedLayers(architecture),
  layersOf(architecture).colours,
];
