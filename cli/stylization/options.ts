import { Command, InvalidArgumentError, Option } from "commander";
import { PROVIDERS } from "../../container/engine/provider.ts";
import { RECIPES, type StylizeRequest } from "../../container/style/request.ts";
import { integer, number } from "../numbers.ts";

/** A painting's file, and its weight relative to the other paintings. */
export interface StyleFile {
  path: string;
  weight: number;
}

/** The parsed options. Numbers are within their ranges. */
export interface StylizeOptions
  extends Pick<
    StylizeRequest,
    | "recipe"
    | "steps"
    | "contentWeight"
    | "styleWeight"
    | "contentLayer"
    | "styleLayers"
    | "start"
    | "optimizer"
    | "learningRate"
    | "preserveColors"
    | "provider"
    | "threads"
  > {
  content: string;
  style: StyleFile[];
  out: string;
  size: number;
  seed: number;
  faces: boolean;
  network?: string;
  preview?: string;
  previewEvery: number;
  curve?: string;
  resume?: true;
  json?: true;
}

export const command = () =>
  new Command("npm run stylize --")
    .description("Paints a photograph in the style of one or more paintings, by optimization.")
    .optionsGroup("Input and output:")
    .requiredOption("--content <file>", "photograph (JPEG, PNG or WebP)")
    .requiredOption(
      "--style <file[:weight]>",
      "painting (JPEG, PNG or WebP), or a style in models/styles; repeat the option for several (default weight: 1)",
      parseStyleFile,
    )
    .requiredOption("--out <file>", "picture to write (.png, .jpg or .webp)")
    .option("--size <pixels>", "longer side of the picture", integer(16, 8192), 512)
    .option("--seed <n>", "random seed; the same seed and provider paint the same picture", integer(0, 2 ** 32 - 1), 1)
    .option("--preserve-colors", "keep the photograph's colors")
    .option("--no-faces", "do not detect faces (default: faces stay recognizable)")
    .optionsGroup("Optimization:")
    .addOption(
      new Option(
        "--recipe <name>",
        "painterly: strokes from the painting's patches. gatys: the optimization of Gatys et al. 2016",
      )
        .choices(RECIPES)
        .default(RECIPES[0]),
    )
    .option("--steps <n>", "number of optimization steps (default: the recipe's)", integer(1, 100_000))
    .option("--content-weight <α>", "weight of the photograph (default: the recipe's)", number(0))
    .option("--style-weight <β>", "weight of the painting (default: 1)", number(0))
    .addOption(
      new Option("--start <picture>", "initial picture: the photograph in the painting's colors (content), or noise")
        .choices(["content", "noise"])
        .default("content"),
    )
    .addOption(new Option("--optimizer <name>", "optimization algorithm (default: adam)").choices(["adam", "lbfgs"]))
    .option("--learning-rate <rate>", "learning rate of adam (default: the recipe's)", number(Number.MIN_VALUE))
    .optionsGroup("Loss network:")
    .option("--network <file>", "ONNX net with named layers (default: Inception-v3 up to mixed4)")
    .option("--content-layer <name>", "layer of the content loss (default: the recipe's)")
    .option(
      "--style-layers <a:0.5,b,c>",
      "layers of the style loss, each with an optional weight (default: the recipe's)",
      parseLayers,
    )
    .optionsGroup("Execution:")
    .addOption(
      new Option("--provider <name>", "execution provider; auto: the first of cuda, webgpu and cpu that starts")
        .choices(PROVIDERS)
        .default("cpu"),
    )
    .option("--threads <n>", "CPU threads; a second thread is hardly faster", integer(1, 256), 1)
    .optionsGroup("Progress and reporting:")
    .option("--resume", "resume an interrupted run from <out>.checkpoint")
    .option("--preview <path>", "write previews: to one picture file, or one file for each preview to a folder")
    .option("--preview-every <n>", "steps between previews", integer(1, 100_000), 10)
    .option("--curve <file.svg>", "draw the losses of all steps to this SVG file")
    .option("--json", "print the result as one JSON document on stdout, with the losses of every step")
    .optionsGroup("")
    .addHelpText("after", EXAMPLES);

const EXAMPLES = `
Examples:
  npm run stylize -- --content portrait.jpg --style starry-night.jpg --out painted.png
  npm run stylize -- --content city.jpg --style great-wave.jpg --style the-scream.jpg:0.5 --size 1024 --out city.webp
  npm run stylize -- --content city.jpg --style udnie.jpg --recipe gatys --start noise --curve loss.svg --out city.png

Ctrl-C saves the progress in <out>.checkpoint. The same command with --resume continues from there.
--network takes any ONNX net with one input [N, 3, height, width] of RGB pixels in [0, 1]. Name its layers with
--content-layer and --style-layers.`;

/** Parses `path` or `path:weight`. */
function parseStyleFile(text: string, earlier: StyleFile[] = []): StyleFile[] {
  const { name, share } = parseShare(text);
  return [...earlier, { path: name, weight: share }];
}

function parseLayers(text: string): Record<string, number> {
  const all = text.split(",").map((part) => parseShare(part.trim()));
  return Object.fromEntries(all.map(({ name, share }) => [name, share]));
}

/** Parses `name` or `name:share`. Default share: 1. The last colon separates: write `a:b.jpg:1` for a file `a:b.jpg`. */
function parseShare(text: string): { name: string; share: number } {
  const colon = text.lastIndexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  if (name === "") throw new InvalidArgumentError("The name before the colon is missing.");
  if (colon < 0) return { name, share: 1 };
  const share = number(Number.MIN_VALUE)(text.slice(colon + 1));
  return { name, share };
}
