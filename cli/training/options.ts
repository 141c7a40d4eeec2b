import { Command, Option } from "commander";
import { DEFAULT_SETTINGS as DEFAULTS } from "../../container/style-net/defaults.ts";
import { integer, number } from "../numbers.ts";

/** The parsed options. Numbers are within their ranges. */
export interface TrainingOptions {
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
    .description(
      "Trains a style net: a small net that paints any photograph in the style of one painting, in one pass.",
    )
    .optionsGroup("Input and output:")
    .requiredOption("--style <file>", "painting (JPEG, PNG or WebP)")
    .requiredOption("--photos <folder>", "folder of the training photographs, including its subfolders")
    .requiredOption("--out <folder>", "write the net, its manifest, previews and the checkpoint to this folder")
    .addOption(
      new Option(
        "--hold-out <parts...>",
        "use photographs whose path contains one of these only for previews, not for training",
      ).default([], "one in twelve photographs"),
    )
    .optionsGroup("Length (exactly one of the two):")
    .option("--steps <n>", "number of training steps", integer(1, 1_000_000))
    .option(
      "--minutes <m>",
      "train for about this long on this machine; the manifest records the number of steps",
      number(0.1, 10_000),
    )
    .optionsGroup("Training:")
    .option("--size <pixels>", "side of the training crops, a multiple of 8", integer(64, 1024, 8), DEFAULTS.size)
    .option("--batch <n>", "crops in each step", integer(1, 64), DEFAULTS.batch)
    .option(
      "--strokes <pixels>",
      "scale the painting's strokes to a picture with this short side",
      integer(64, 2048),
      DEFAULTS.strokes,
    )
    .option(
      "--grain <deviation>",
      "standard deviation of noise on the photographs, which becomes strokes in flat areas",
      number(0, 1),
      DEFAULTS.grain,
    )
    .option("--content-weight <α>", "weight of the photograph's shapes", number(0, 1000), DEFAULTS.weights.content)
    .option("--tone-weight <w>", "weight of the photograph's light and dark", number(0, 1000), DEFAULTS.weights.tone)
    .option("--patch-weight <w>", "weight of the painting's patches", number(0, 1000), DEFAULTS.weights.patches)
    .option("--learning-rate <rate>", "peak learning rate of Adam", number(1e-9, 1), DEFAULTS.learningRate)
    .option(
      "--seed <n>",
      "random seed; the same seed and steps train the same net",
      integer(0, 2 ** 32 - 1),
      DEFAULTS.seed,
    )
    .optionsGroup("Manifest:")
    .option("--name <name>", "name of the style (default: the painting's file name)")
    .option("--title <text>", "title of the painting")
    .option("--author <text>", "author of the painting")
    .option("--license <text>", "license of the painting, or why it needs none")
    .optionsGroup("Progress and reporting:")
    .option("--preview-every <n>", "steps between previews of the held-out photographs", integer(1, 1_000_000), 250)
    .option("--resume", "fail if --out has no interrupted training to resume")
    .option("--json", "print the result as one JSON document on stdout")
    .optionsGroup("")
    .addHelpText("after", EXAMPLES);

const EXAMPLES = `
Examples:
  npm run train-style -- --style starry-night.jpg --photos holidays --minutes 15 --out styles/starry-night
  npm run restyle -- --net styles/starry-night/net.onnx --content portrait.jpg --out painted.png

Ctrl-C saves the progress in <out>/checkpoint.json. The same command resumes from there and gives the same net.`;
