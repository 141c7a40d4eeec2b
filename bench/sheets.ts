import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { Command, Option } from "commander";
import { findFaces } from "../cli/faces.ts";
import { integer } from "../cli/numbers.ts";
import { decoded, readRaster } from "../cli/pictures.ts";
import { setup } from "../cli/setup.ts";
import { ROOT } from "../cli/state.ts";
import { readStyle } from "../cli/style-nets.ts";
import { importNet } from "../container/engine/import.ts";
import { gatysWithTarget } from "../container/style/gatys.ts";
import { stylize } from "../container/style/stylize.ts";
import { openPainter } from "../container/style-net/restyle.ts";
import { clamped, transferColors } from "../imaging/color.ts";
import { faceMask } from "../imaging/face-mask.ts";
import { paletteOf, prepared, sideBySide } from "../imaging/paintings.ts";
import { type Picture, rasterOf } from "../imaging/picture.ts";
import type { Raster } from "../imaging/raster.ts";
import { repaint } from "../imaging/repaint.ts";
import { resize, withLongerSide } from "../imaging/resize.ts";
import { personOnWhite } from "../test/support/white-ground.ts";

/** `node bench/sheets.ts`: draws the contact sheets of docs/styles.md, with photographs in rows and paintings in columns. */
const PHOTOGRAPHS = [
  "people/eileen-collins/1.png",
  "content/rocket.jpg",
  "content/cat-chelsea.png",
  "groups/apollo11-crew.jpg",
];
const PAINTINGS = ["starry-night", "great-wave", "the-scream", "udnie", "woman-with-a-hat", "composition-vii"];
/** Default for the longer side of a painted picture, and the longer side on the sheet. */
const PAINTED_SIDE = 384;
const SHOWN_SIDE = 256;
const GAP = 4;
const MAX_BYTES = 700_000;
/** With `--on-white`: the photograph of the person, and the shares of the area that the person fills. */
const PERSON_PHOTOGRAPH = "eileen-collins-on-white.jpg";
const PERSON_SHARES = [0.05, 0.29, 0.6];

interface Scene {
  content: Picture;
  faces: { x: number; y: number; width: number; height: number }[];
}

/** Paints a scene in the style of a painting. */
type Method = (scene: Scene, name: string, painting: Picture) => Promise<Picture>;

const network = async () => importNet(await readFile(resolve(ROOT, "models/build/features.onnx")));

const METHODS: Readonly<Record<string, Method>> = {
  async gatys({ content, faces }, _, picture) {
    const paintings = [{ picture, weight: 1 }];
    return (await stylize(await network(), { content, faces, paintings, recipe: "gatys" })).picture;
  },
  async "gatys-paper"({ content, faces }, _, picture) {
    const paintings = [{ picture, weight: 1 }];
    const request = { content, faces, paintings, recipe: "gatys", start: "noise" } as const;
    return (await gatysWithTarget(content, await network(), request, {})).picture;
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
      transferred: clamped(transferColors(content, palette)),
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

interface Sheet {
  /** Each photograph gets a row for each method. */
  methods: readonly string[];
  photographs: readonly Raster[];
  paintings: readonly string[];
  /** The longer side of a painted picture, in pixels. */
  size: number;
  out: string;
}

async function draw({ methods, photographs, paintings, size, out }: Sheet): Promise<void> {
  const scenes: Scene[] = [];
  for (const raster of photographs) {
    const content = withLongerSide(raster, size);
    scenes.push({ content, faces: await findFaces(raster, content.width) });
  }
  const rows = scenes.flatMap((scene) => methods.map((method) => ({ scene, method })));
  const heights = [
    SHOWN_SIDE * 0.7,
    ...rows.map(({ scene: { content } }) => Math.min(SHOWN_SIDE, (SHOWN_SIDE * content.height) / content.width)),
  ].map(Math.round);
  const canvas = createCanvas(
    (paintings.length + 1) * (SHOWN_SIDE + GAP),
    heights.reduce((sum, height) => sum + height + GAP, 0),
  );
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const drawAt = (picture: Picture, column: number, row: number) => {
    const top = heights.slice(0, row).reduce((sum, height) => sum + height + GAP, 0);
    drawInto(context, picture, { x: column * (SHOWN_SIDE + GAP), y: top, width: SHOWN_SIDE, height: heights[row]! });
  };
  for (const [row, { scene }] of rows.entries()) drawAt(scene.content, 0, row + 1);
  for (const [i, name] of paintings.entries()) {
    const painting = withLongerSide(await readRaster(resolve(ROOT, "models/styles", name, "painting.jpg")), 800);
    drawAt(painting, i + 1, 0);
    for (const [row, { scene, method }] of rows.entries()) {
      process.stderr.write(`${name}, row ${row + 1} of ${rows.length}: ${method} …\n`);
      drawAt(await METHODS[method]!(scene, name, painting), i + 1, row + 1);
    }
  }
  for (let quality = 92; ; quality -= 4) {
    const bytes = await canvas.encode("jpeg", quality);
    if (bytes.length > MAX_BYTES && quality > 8) continue;
    await writeFile(out, bytes);
    console.log(`${out}: ${canvas.width}×${canvas.height}, ${Math.round(bytes.length / 1000)} kB`);
    return;
  }
}

/** Draws the complete picture centered in the box, as large as it fits. */
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

const options = new Command("node bench/sheets.ts")
  .description("Draws a contact sheet for docs/: photographs in the style of paintings (5 to 20 minutes).")
  .addOption(
    new Option("--methods <names...>", "methods; each gets a row for each photograph")
      .choices(Object.keys(METHODS))
      .makeOptionMandatory(),
  )
  .addOption(
    new Option("--photographs <files...>", "files in test/fixtures/photos").default(PHOTOGRAPHS).conflicts("onWhite"),
  )
  .option("--on-white", "instead: one person on white, over more and more of the area")
  .addOption(new Option("--paintings <names...>", "in models/styles").default(PAINTINGS))
  .option("--size <pixels>", "the longer side that is painted", integer(16, 8192), PAINTED_SIDE)
  .requiredOption("--out <file.jpg>", "the sheet to write")
  .parse()
  .opts<Omit<Sheet, "photographs"> & { photographs: string[]; onWhite?: true }>();

await setup();
const photographs = options.onWhite
  ? PERSON_SHARES.map(async (share) =>
      decoded(PERSON_PHOTOGRAPH, await personOnWhite(share, options.size, PERSON_PHOTOGRAPH)),
    )
  : options.photographs.map((file) => readRaster(resolve(ROOT, "test/fixtures/photos", file)));
await draw({ ...options, photographs: await Promise.all(photographs) });
