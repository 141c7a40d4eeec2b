import { Command, InvalidArgumentError, Option } from "commander";
import { PROVIDERS } from "../../container/engine/provider.ts";
import { RECIPES, type StylizeRequest } from "../../container/style/request.ts";
import { number, whole } from "../numbers.ts";

/** A painting's file and its share among the paintings. */
export interface StyleFile {
  path: string;
  weight: number;
}

/** What the program was asked, each number in its range. */
export interface Options
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
    .description("Paints a photograph anew in the manner of one or several paintings.")
    .optionsGroup("What is painted:")
    .requiredOption("--content <file>", "the photograph (JPEG, PNG or WebP)")
    .requiredOption("--style <file[:weight]>", "a painting; more than once for several, each with its share", styleFile)
    .requiredOption("--out <file>", "the picture to write: .png, .jpg or .webp")
    .option("--size <pixels>", "the longer side of the picture", whole(16, 8192), 512)
    .option("--seed <n>", "the same seed and provider paint the same picture", whole(0, 2 ** 32 - 1), 1)
    .option("--preserve-colors", "keep the photograph's colours under the painting's strokes")
    .option("--no-faces", "do not look for faces; otherwise people stay people")
    .optionsGroup("How:")
    .addOption(
      new Option(
        "--recipe <name>",
        "painterly: real strokes, projected onto the painting's patches. gatys: the paper's optimisation",
      )
        .choices(RECIPES)
        .default(RECIPES[0]),
    )
    .option("--steps <n>", "steps of the descent (default: the recipe's)", whole(1, 100_000))
    .option("--content-weight <α>", "how much the photograph counts (default: the recipe's)", number(0))
    .option("--style-weight <β>", "how much the painting counts (default: 1)", number(0))
    .addOption(
      new Option("--start <picture>", "the photograph in the painting's colours, or noise as in the paper")
        .choices(["content", "noise"])
        .default("content"),
    )
    .addOption(new Option("--optimizer <name>", "(default: adam)").choices(["adam", "lbfgs"]))
    .option("--learning-rate <rate>", "of adam (default: the recipe's)", number(Number.MIN_VALUE))
    .optionsGroup("Seen by which net:")
    .option("--network <file>", "an ONNX net with named layers (default: an Inception-v3 up to mixed4)")
    .option("--content-layer <name>", "the layer that says what is where")
    .option("--style-layers <a:0.5,b,c>", "the layers that say how it is painted, each with its share", layers)
    .optionsGroup("On what:")
    .addOption(
      new Option("--provider <name>", "auto: the first of cuda, webgpu and cpu that starts")
        .choices(PROVIDERS)
        .default("cpu"),
    )
    .option("--threads <n>", "threads of the cpu; a second one mostly waits", whole(1, 256), 1)
    .optionsGroup("Meanwhile and after:")
    .option("--resume", "go on from <out>.checkpoint, which an interrupted run leaves")
    .option("--preview <path>", "write what is there now and then: to a picture file, or into a folder, a file each")
    .option("--preview-every <n>", "steps between previews", whole(1, 100_000), 10)
    .option("--curve <file.svg>", "draw the losses over the steps")
    .option("--json", "print one JSON document on stdout, with the losses of every step")
    .optionsGroup("")
    .addHelpText("after", EXAMPLES);

const EXAMPLES = `
Examples:
  npm run stylize -- --content portrait.jpg --style starry-night.jpg --out painted.png
  npm run stylize -- --content city.jpg --style great-wave.jpg --style the-scream.jpg:0.5 --size 1024 --out city.webp
  npm run stylize -- --content city.jpg --style udnie.jpg --recipe gatys --start noise --curve loss.svg --out city.png

Ctrl-C keeps what was reached in <out>.checkpoint; the same command with --resume goes on from there.
With layers of its own, --network takes any ONNX net of one picture [N, 3, height, width] in [0, 1], red, green, blue.`;

/** A path, or a path, a colon and a share. */
function styleFile(text: string, earlier: StyleFile[] = []): StyleFile[] {
  const { name, share } = shared(text);
  return [...earlier, { path: name, weight: share }];
}

function layers(text: string): Record<string, number> {
  const all = text.split(",").map((part) => shared(part.trim()));
  return Object.fromEntries(all.map(({ name, share }) => [name, share]));
}

/** `name:share`, or a name alone, which has the share 1. The last colon counts: write `a:b.jpg:1` for a file `a:b.jpg`. */
function shared(text: string): { name: string; share: number } {
  const colon = text.lastIndexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  if (name === "") throw new InvalidArgumentError("The name is missing.");
  if (colon < 0) return { name, share: 1 };
  const share = number(Number.MIN_VALUE)(text.slice(colon + 1));
  return { name, share };
}
