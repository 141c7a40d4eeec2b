import { Command } from "commander";
import { DEFAULT_SETTINGS as USUAL } from "../../container/style-net/defaults.ts";
import { number, whole } from "../numbers.ts";

/** What the program was asked, each number in its range. */
export interface Options {
  style: string;
  photos: string;
  out: string;
  minutes?: number;
  steps?: number;
  size: number;
  batch: number;
  seed: number;
  strokes: number;
  grain: number;
  contentWeight: number;
  patchWeight: number;
  toneWeight: number;
  learningRate: number;
  holdOut: string[];
  previewEvery: number;
  name?: string;
  title?: string;
  author?: string;
  license?: string;
  resume?: true;
  json?: true;
}

export const command = () =>
  new Command("npm run train-style --")
    .description("Trains a small net that paints any photograph in the manner of one painting, in one pass.")
    .optionsGroup("What is learned:")
    .requiredOption("--style <file>", "the painting (JPEG, PNG or WebP)")
    .requiredOption("--photos <folder>", "photographs to learn on, at any depth")
    .requiredOption("--out <folder>", "where the net, its manifest, previews and the checkpoint go")
    .option(
      "--hold-out <parts...>",
      "photographs whose path has one of these are for previews (default: one in twelve)",
      [],
    )
    .optionsGroup("For how long (one of the two):")
    .option("--steps <n>", "steps of the descent", whole(1, 1_000_000))
    .option(
      "--minutes <m>",
      "as many steps as take about so long here; the manifest says how many they were",
      number(0.1, 10_000),
    )
    .optionsGroup("How:")
    .option("--size <pixels>", "side of the crops a step looks at, a multiple of 8", whole(64, 1024, 8), USUAL.size)
    .option("--batch <n>", "crops a step looks at", whole(1, 64), USUAL.batch)
    .option(
      "--strokes <pixels>",
      "the painting's strokes as they are in a picture of this short side",
      whole(64, 2048),
      USUAL.strokes,
    )
    .option(
      "--grain <deviation>",
      "noise on the photographs, of which strokes are made where nothing is",
      number(0, 1),
      USUAL.grain,
    )
    .option("--content-weight <α>", "how much the photograph's shapes count", number(0, 1000), USUAL.weights.content)
    .option("--tone-weight <w>", "how much its light and dark count", number(0, 1000), USUAL.weights.tone)
    .option("--patch-weight <w>", "how much the painting's patches count", number(0, 1000), USUAL.weights.patches)
    .option("--learning-rate <rate>", "of Adam, at its greatest", number(1e-9, 1), USUAL.learningRate)
    .option("--seed <n>", "the same seed and steps train the same net", whole(0, 2 ** 32 - 1), USUAL.seed)
    .optionsGroup("For the manifest:")
    .option("--name <name>", "of the style (default: the painting's file name)")
    .option("--title <text>", "of the painting")
    .option("--author <text>", "of the painting")
    .option("--license <text>", "of the painting, or why it needs none")
    .optionsGroup("Meanwhile:")
    .option("--preview-every <n>", "steps between previews of what was held out", whole(1, 1_000_000), 250)
    .option("--resume", "insist that there is a training in --out to go on with")
    .option("--json", "print one JSON document on stdout")
    .optionsGroup("")
    .addHelpText("after", EXAMPLES);

const EXAMPLES = `
Examples:
  npm run train-style -- --style starry-night.jpg --photos holidays --minutes 15 --out styles/starry-night
  npm run restyle -- --net styles/starry-night/net.onnx --content portrait.jpg --out painted.png

Ctrl-C keeps what was reached in <out>/checkpoint.json; the same command goes on from there, to the same net.`;
