/**
 * The net that paints a picture in one pass. It is described once, in terms of `Operators` that training, export and
 * quantization each implement. It follows Johnson et al. 2016: down to a quarter of the size, residual blocks, and up
 * again. The differences make it fast in one thread without a GPU:
 *
 * - No convolution runs at full size. The picture enters as its four half-size phases (space to depth). Both
 *   enlargements are folded into the convolution after them (`kernels.ts`), followed by depth to space.
 * - Activations are not normalized, because a tile must give the same pixels as the whole picture. The kernels are
 *   standardized instead, and the photograph already has the painting's colors, and so its contrast.
 * - Hues are smooth by construction: the output is luma and chromas, with the chromas at half size. The net cannot
 *   paint fine color noise, which a loss net with strides hardly detects.
 * - Borders are reflected, so that no frame of zeros is visible.
 *
 * Pictures are [N, 3, H, W] in [0, 1]; H and W are multiples of {@link SIZE_MULTIPLE}.
 */

/** The sides of the net's input must be multiples of this, because the net works at a quarter of the size. */
export const SIZE_MULTIPLE = 4;

/** The number of channels at half size, of channels at a quarter, and of residual blocks at a quarter. */
export interface Architecture {
  readonly half: number;
  readonly quarter: number;
  readonly blocks: number;
}

export const ARCHITECTURE: Architecture = { half: 20, quarter: 40, blocks: 3 };

/** A convolution with a reflected border of one pixel and a bias, followed by ReLU if `rectified`. */
export interface Layer {
  readonly name: string;
  readonly inputs: number;
  /**
   * The number of output channels. An enlarging layer has four times as many: the phases of a picture of twice the
   * size.
   */
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly enlarges: boolean;
  /** If true, an enlarging layer keeps the phases of its first plane and averages the phases of each other plane. */
  readonly halvesChroma: boolean;
  readonly rectified: boolean;
}

/** The operators that the net consists of. `T` is, for example, a graph value or a name in an ONNX file. */
export interface Operators<T> {
  /** [N, C, H, W] → [N, 4·C, H / 2, W / 2]; the output channel is (2·row + column)·C + c. */
  spaceToDepth(x: T): T;
  /** [N, 4·C, H, W] → [N, C, 2·H, 2·W]; the input channel is 4·c + 2·row + column. */
  depthToSpace(x: T): T;
  convolution(x: T, layer: Layer): T;
  add(x: T, y: T): T;
}

/** x [N, 3, H, W] → [N, 3, H, W], not yet clamped to [0, 1]. */
export function paint<T>(x: T, architecture: Architecture, operators: Operators<T>): T {
  const { entrance, descent, blocks, ascent, exit, colours } = layersOf(architecture);
  let features = operators.convolution(operators.convolution(operators.spaceToDepth(x), entrance), descent);
  for (const [first, second] of blocks)
    features = operators.add(features, operators.convolution(operators.convolution(features, first), second));
  const planes = operators.convolution(operators.depthToSpace(operators.convolution(features, ascent)), exit);
  return operators.depthToSpace(operators.convolution(planes, colours));
}

/** The margin in pixels around a tile on which its own pixels depend, a multiple of {@link SIZE_MULTIPLE}. */
export function reach({ blocks }: Architecture): number {
  // In pixels of the picture: each layer adds one pixel of its own size; the phases of `entrance` and the stride add
  // one more.
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
    // `exit` gives luma (`imaging/opponent.ts`) in four phases and two chromas at half size. `colours` converts them to
    // RGB.
    exit: layer("exit", half, 3, { enlarges: true, halvesChroma: true, rectified: false }),
    colours: layer("colours", 6, 12, { rectified: false }),
  };
}

/** The trained layers. `colours` is fixed. */
export function trainedLayers(architecture: Architecture): Layer[] {
  const { entrance, descent, blocks, ascent, exit } = layersOf(architecture);
  return [entrance, descent, ...blocks.flat(), ascent, exit];
}

export const allLayers = (architecture: Architecture): Layer[] => [
  ...trainedLayers(architecture),
  layersOf(architecture).colours,
];
