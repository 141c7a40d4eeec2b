import * as v from "valibot";

const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const Losses = v.object({ loss: v.number(), style: v.number(), content: v.number(), patches: v.number() });

/** What is known of a trained style, beside its files. All sizes are in pixels, or bytes where it says so. */
export const Manifest = v.object({
  format: v.literal("semblance style 1"),
  name: v.string(),
  painting: v.object({
    file: v.string(),
    sha256: Sha256,
    title: v.exactOptional(v.string()),
    author: v.exactOptional(v.string()),
    license: v.exactOptional(v.string()),
  }),
  /** The quantized net. It takes [N, 3, height, width] in [0, 1], both sides multiples of `multiple`. */
  net: v.object({ file: v.string(), sha256: Sha256, bytes: Whole, multiple: Whole, reach: Whole }),
  /** What photographs go through before: the painting's colours (mean [3], covariance [3, 3] by rows), then grain. */
  input: v.object({
    colours: v.object({
      mean: v.pipe(v.array(v.number()), v.length(3)),
      covariance: v.pipe(v.array(v.number()), v.length(9)),
    }),
    grain: v.number(),
  }),
  training: v.object({
    command: v.string(),
    settings: v.object({
      architecture: v.object({ half: Whole, quarter: Whole, blocks: Whole }),
      weights: v.record(v.string(), v.number()),
      steps: Whole,
      size: Whole,
      batch: Whole,
      learningRate: v.number(),
      strokes: Whole,
      grain: v.number(),
      seed: Whole,
    }),
    /** Mean losses of the first and of the last tenth of the steps. */
    losses: v.object({ first: Losses, last: Losses }),
    /** The hash is of the names and hashes of those it was trained on. */
    photographs: v.object({ count: Whole, sha256: Sha256, heldOut: v.array(v.string()) }),
    lossNet: v.object({ id: v.string(), sha256: Sha256 }),
  }),
  /** How near the exported nets come to the trained one on the photographs that were held out, in dB. */
  psnr: v.object({ float: v.number(), quantized: v.number() }),
});
export type Manifest = v.InferOutput<typeof Manifest>;

/** What of a manifest's text is not as it should be, or the manifest. */
export function readManifest(text: string): { manifest: Manifest } | { wrong: string } {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), text);
  return read.success ? { manifest: read.output } : { wrong: v.summarize(read.issues) };
}
