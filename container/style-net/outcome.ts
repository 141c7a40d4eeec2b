import { colourStatistics } from "../../imaging/colour.ts";
import { type Picture, pictureOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { resize } from "../../imaging/resize.ts";
import { sha256 } from "../../models/importer/files.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { GRAIN, reach } from "./architecture.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { meanPsnr, paintAsExported, paintAsTrained } from "./evaluate.ts";
import { exportNet, trainedNet } from "./export.ts";
import type { Manifest } from "./manifest.ts";
import { calibrate, quantizeNet } from "./quantize.ts";
import type { TrainRequest } from "./request.ts";
import { type NetTraits, openPainter, prepare } from "./restyle.ts";
import type { Losses, TrainingSettings } from "./trainer.ts";

/** What comes of a training. */
export interface Outcome {
  /** The net on bytes, ONNX: what restyles. */
  readonly quantized: Uint8Array;
  /** The same in float32. */
  readonly float: Uint8Array;
  /** Of every step. */
  readonly losses: readonly Losses[];
  /** What of its manifest the training knows. Names, files and the command are whoever's who asked for it. */
  readonly learned: Pick<Manifest, "traits" | "psnr"> & {
    readonly net: Omit<Manifest["net"], "file">;
    readonly training: Omit<Manifest["training"], "command" | "lossNet">;
  };
}

/** Longer side of previews. */
const PREVIEW = 384;
/** Short side and number of the photographs on which ranges are measured and nets compared. */
const MEASURED = { side: 256, most: 12 };

/** Paints what was held out, as the net is at this checkpoint, one after the other. */
export async function* paintHeldOut({ painting, photographs }: TrainRequest, { settings, state }: Checkpoint) {
  const net = await trainedNet(settings.architecture, state.parameters);
  const painter = await openPainter(writeOnnx(exportNet(net)), traitsOf(painting.raster, settings));
  try {
    for (const { name, raster } of photographs.heldOut)
      yield { name, picture: await painter.paint(shown(pictureOf(raster))) };
  } finally {
    await painter.release();
  }
}

/** Writes both nets, and compares them with the one that was trained. */
export async function outcomeOf({ painting, photographs }: TrainRequest, checkpoint: Checkpoint): Promise<Outcome> {
  const { state, settings, losses } = checkpoint;
  const traits = traitsOf(painting.raster, settings);
  const net = await trainedNet(settings.architecture, state.parameters);
  const float = writeOnnx(labelled(exportNet(net), painting.sha256));
  const spread = photographs.training.filter((_, i, all) => i % Math.ceil(all.length / MEASURED.most) === 0);
  const ranges = await calibrate(
    net,
    spread.map((photograph) => measured(photograph, traits)),
  );
  const quantized = writeOnnx(labelled(quantizeNet(net, ranges), painting.sha256));

  const heldOut = photographs.heldOut.map(({ raster }) => raster);
  const unseen = (heldOut.length > 0 ? heldOut : photographs.training).slice(0, MEASURED.most);
  const compared = unseen.map((photograph) => measured(photograph, traits));
  const trained = await paintAsTrained(settings.architecture, state.parameters, compared);
  return {
    quantized,
    float,
    losses,
    learned: {
      net: { sha256: sha256(quantized), bytes: quantized.length, multiple: GRAIN },
      traits: {
        colours: { mean: [...traits.colours.mean], covariance: [...traits.colours.covariance] },
        grain: traits.grain,
        reach: traits.reach,
      },
      training: {
        settings: { ...settings, weights: { ...settings.weights } },
        losses: firstAndLast(losses),
        photographs: {
          count: photographs.training.length,
          sha256: photographs.sha256,
          heldOut: photographs.heldOut.map(({ name }) => name),
        },
      },
      psnr: {
        float: rounded(meanPsnr(trained, await paintAsExported(float, compared))),
        quantized: rounded(meanPsnr(trained, await paintAsExported(quantized, compared))),
      },
    },
  };
}

const traitsOf = (painting: Raster, { grain, architecture }: TrainingSettings): NetTraits => ({
  colours: colourStatistics(pictureOf(painting)),
  grain,
  reach: reach(architecture),
});

const labelled = <T extends object>(model: T, painting: string) => ({
  ...model,
  metadata: new Map([["painting", painting]]),
});

function shown(picture: Picture): Picture {
  const k = PREVIEW / Math.max(picture.width, picture.height);
  return resize(picture, Math.max(1, Math.round(picture.width * k)), Math.max(1, Math.round(picture.height * k)));
}

/** A photograph as the net sees it, small, with sides that it can take. */
function measured(photograph: Raster, traits: NetTraits): Picture {
  const k = MEASURED.side / Math.min(photograph.width, photograph.height);
  const [width, height] = [photograph.width, photograph.height].map((side) => GRAIN * Math.round((side * k) / GRAIN));
  return prepare(resize(pictureOf(photograph), width!, height!), traits);
}

/** Means over the first and the last tenth of the steps. */
function firstAndLast(losses: readonly Losses[]): Manifest["training"]["losses"] {
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  const mean = (part: readonly Losses[], of: keyof Losses) =>
    Number((part.reduce((sum, one) => sum + one[of], 0) / part.length).toPrecision(5));
  const means = (part: readonly Losses[]) => ({
    loss: mean(part, "loss"),
    style: mean(part, "style"),
    content: mean(part, "content"),
    patches: mean(part, "patches"),
  });
  return { first: means(losses.slice(0, tenth)), last: means(losses.slice(-tenth)) };
}

const rounded = (decibels: number): number => Number(decibels.toFixed(2));
