import { resolve } from "node:path";
import { readPicture } from "../cli/pictures.ts";
import { ROOT } from "../cli/state.ts";
import { reflectPad } from "../imaging/border.ts";
import { clamped, colourStatistics, transferColours } from "../imaging/colour.ts";
import { type Projection, project } from "../imaging/projection.ts";
import { resize } from "../imaging/resize.ts";
import { alternately, median, type Row, row } from "./measure.ts";
import { meanPatchDistance, textbookProjection } from "./textbook-projection.ts";

/** A photograph of 512×512 pixels and its border, and a painting a quarter larger. */
const SIDE = 512;
const BORDER = 8;
const PAINTING_SIDE = 680;
const ROUNDS = 5;

/**
 * Projection of a photograph, in the painting's colours, onto its patches: CPU time of the textbook's way and of ours in
 * turns, and how near the patches are that each finds to what it looks for, both exactly reckoned.
 */
export async function projectionRows(): Promise<Row[]> {
  const whole = await readPicture(resolve(ROOT, "models/styles/starry-night/painting.jpg"));
  const scale = PAINTING_SIDE / Math.min(whole.width, whole.height);
  const painting = clamped(resize(whole, Math.round(whole.width * scale), Math.round(whole.height * scale)));
  const photograph = resize(await readPicture(resolve(ROOT, "test/fixtures/photos/content/rocket.jpg")), SIDE, SIDE);
  const query = reflectPad(clamped(transferColours(photograph, colourStatistics(painting))), BORDER);

  const ways = [() => textbookProjection(query, painting), () => project(query, painting)];
  const found: Projection[] = [];
  const [textbook, ours] = await alternately(
    ROUNDS,
    ways.map((way, i) => async () => {
      const start = process.cpuUsage();
      found[i] = way();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    }),
  );
  const [theirs, own] = found.map((projection) => meanPatchDistance(projection.query, painting, projection.field));
  return [
    row(
      "CPU of the textbook's projection ÷ ours, 512×512",
      median(textbook!) / median(ours!),
      "×",
      { least: 2 },
      `${median(textbook!).toFixed(2)} / ${median(ours!).toFixed(2)} s`,
    ),
    row(
      "mean patch distance of ours ÷ the textbook's",
      own! / theirs!,
      "×",
      { most: 1.03 },
      `${own!.toFixed(4)} / ${theirs!.toFixed(4)}`,
    ),
  ];
}
