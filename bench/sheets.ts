import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { Command, Option } from "commander";
import { facesIn } from "../cli/faces.ts";
import { readRaster } from "../cli/pictures.ts";
import { setup } from "../cli/setup.ts";
import { ROOT } from "../cli/state.ts";
import { readStyle } from "../cli/style-nets.ts";
import { importNet } from "../container/engine/import.ts";
import { stylize } from "../container/style/stylize.ts";
import { openPainter } from "../container/style-net/restyle.ts";
import { clamped, transferColours } from "../imaging/colour.ts";
import { faceMask } from "../imaging/face-mask.ts";
import { withLongerSide } from "../imaging/longer-side.ts";
import { paletteOf, prepared, sideBySide } from "../imaging/paintings.ts";
import { type Picture, rasterOf } from "../imaging/picture.ts";
import { repaint } from "../imaging/repaint.ts";
import { resize } from "../imaging/resize.ts";

/** `node bench/sheets.ts`: the contact sheets of docs/styles.md, photographs down and paintings across. */
const PHOTOGRAPHS = [
  "people/eileen-collins/1.png",
  "content/rocket.jpg",
  "content/cat-chelsea.png",
  "groups/apollo11-crew.jpg",
];
const PAINTINGS = ["starry-night", "great-wave", "the-scream", "udnie", "woman-with-a-hat", "composition-vii"];
/** The longer side that is painted unless told otherwise, and that is shown. */
const PAINTED = 384;
const SHOWN = 256;
const GAP = 4;
const MOST_BYTES = 1_000_000;

interface Scene {
  content: Picture;
  faces: { x: number; y: number; width: number; height: number }[];
}

/** How a method makes a picture of a scene in a painting's manner. */
type Method = (scene: Scene, name: string, painting: Picture) => Promise<Picture>;

const network = async () => importNet(await readFile(resolve(ROOT, "models/build/features.onnx")));

const METHODS: Readonly<Record<string, Method>> = {
  async gatys({ content }, _, picture) {
    return (await stylize(await network(), { content, paintings: [{ picture, weight: 1 }], recipe: "gatys" })).picture;
  },
  async painterly({ content, faces }, _, picture) {
    const paintings = [{ picture, weight: 1 }];
    return (await stylize(await network(), { content, faces, paintings, recipe: "painterly" })).picture;
  },
  "feed-forward": async ({ content }, name) => onePass(content, name),
  async repainted({ content, faces }, name, picture) {
    const paintings = prepared([{ picture, weight: 1 }], Math.min(content.width, content.height));
    const palette = paletteOf(paintings);
    return repaint(await onePass(content, name), {
      transferred: clamped(transferColours(content, palette)),
      painting: sideBySide(paintings),
      palette,
      faces: faceMask(faces, content),
      seed: 1,
    });
  },
};

async function onePass(content: Picture, name: string): Promise<Picture> {
  const { net, manifest } = await readStyle(name);
  const painter = await openPainter(net, manifest.traits);
  try {
    return await painter.paint(content);
  } finally {
    await painter.release();
  }
}

async function sheet(method: Method, painted: number, out: string): Promise<void> {
  const scenes: Scene[] = [];
  for (const file of PHOTOGRAPHS) {
    const raster = await readRaster(resolve(ROOT, "test/fixtures/photos", file));
    const content = withLongerSide(raster, painted);
    scenes.push({ content, faces: await facesIn(raster, content.width) });
  }
  const heights = [SHOWN * 0.7, ...scenes.map(({ content }) => (SHOWN * content.height) / content.width)].map(
    Math.round,
  );
  const canvas = createCanvas(
    (PAINTINGS.length + 1) * (SHOWN + GAP),
    heights.reduce((sum, height) => sum + height + GAP, 0),
  );
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const place = (picture: Picture, column: number, row: number) => {
    const top = heights.slice(0, row).reduce((sum, height) => sum + height + GAP, 0);
    drawInto(context, picture, { x: column * (SHOWN + GAP), y: top, width: SHOWN, height: heights[row]! });
  };
  for (const [row, { content }] of scenes.entries()) place(content, 0, row + 1);
  for (const [i, name] of PAINTINGS.entries()) {
    const painting = withLongerSide(await readRaster(resolve(ROOT, "models/styles", name, "painting.jpg")), 800);
    place(painting, i + 1, 0);
    for (const [row, scene] of scenes.entries()) {
      process.stderr.write(`${name}, ${PHOTOGRAPHS[row]} …\n`);
      place(await method(scene, name, painting), i + 1, row + 1);
    }
  }
  for (let quality = 92; ; quality -= 4) {
    const bytes = await canvas.encode("jpeg", quality);
    if (bytes.length > MOST_BYTES && quality > 8) continue;
    await writeFile(out, bytes);
    console.log(`${out}: ${canvas.width}×${canvas.height}, ${Math.round(bytes.length / 1000)} kB`);
    return;
  }
}

/** Whole, as large as it fits, in the middle. */
function drawInto(
  context: SKRSContext2D,
  picture: Picture,
  box: { x: number; y: number; width: number; height: number },
): void {
  const k = Math.min(box.width / picture.width, box.height / picture.height);
  const [width, height] = [Math.round(picture.width * k), Math.round(picture.height * k)];
  const raster = rasterOf(resize(picture, width, height));
  const image = context.createImageData(width, height);
  image.data.set(raster.data);
  context.putImageData(
    image,
    box.x + Math.floor((box.width - width) / 2),
    box.y + Math.floor((box.height - height) / 2),
  );
}

const { method, size, out } = new Command("node bench/sheets.ts")
  .description("Makes a contact sheet of docs/: four photographs in the manner of six paintings (5 to 20 minutes).")
  .addOption(new Option("--method <name>", "how they are painted").choices(Object.keys(METHODS)).makeOptionMandatory())
  .option("--size <pixels>", "the longer side that is painted", (text) => Number.parseInt(text, 10), PAINTED)
  .requiredOption("--out <file.jpg>", "the sheet to write")
  .parse()
  .opts<{ method: string; size: number; out: string }>();

await setup();
await sheet(METHODS[method]!, size, out);
