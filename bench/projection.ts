import { resolve } from "node:path";
import { readPicture } from "../cli/pictures.ts";
import { ROOT } from "../cli/state.ts";
import { reflectPad } from "../imaging/border.ts";
import { clamped, colorStatistics, transferColors } from "../imaging/color.ts";
import { type Projection, project } from "../imaging/projection.ts";
import { resize } from "../imaging/resize.ts";
import { interleave, median, type Row, row } from "./measure.ts";
import { meanPatchDistance, textbookProjection } from "./textbook-projection.ts";

/** A photograph of 512×512 pixels plus its border, and a painting that is about a third larger. */
const SIDE = 512;
const BORDER = 8;
const PAINTING_SIDE = 680;
const ROUNDS = 5;

/**
 * Projection of a photograph in the painting's colors onto the painting's patches. Compares the CPU time of the textbook implementation and
 * the optimized one, and the exact mean distance between each patch and its match.
 */
export async function projectionRows(): Promise<Row[]> {
  const whole = await readPicture(resolve(ROOT, "models/styles/starry-night/painting.jpg"));
  const scale = PAINTING_SIDE / Math.min(whole.width, whole.height);
  const painting = clamped(resize(whole, Math.round(whole.width * scale), Math.round(whole.height * scale)));
  const photograph = resize(await readPicture(resolve(ROOT, "test/fixtures/photos/content/rocket.jpg")), SIDE, SIDE);
  const query = reflectPad(clamped(transferColors(photograph, colorStatistics(painting))), BORDER);

  const methods = [() => textbookProjection(query, painting), () => project(query, painting)];
  const found: Projection[] = [];
  const [textbook, optimized] = await interleave(
    ROUNDS,
    methods.map((way, i) => async () => {
      const start = process.cpuUsage();
      found[i] = way();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    }),
  );
  const [textbookDistance, optimizedDistance] = found.map((projection) =>
    meanPatchDistance(projection.query, painting, projection.field),
  );
  return [
    row(
      "projection 512×512: CPU of the textbook implementation ÷ optimized",
      median(textbook!) / median(optimized!),
      "×",
      { min: 2 },
      `${median(textbook!).toFixed(2)} / ${median(optimized!).toFixed(2)} s`,
    ),
    row(
      "projection: mean patch distance, optimized ÷ textbook",
      optimizedDistance! / textbookDistance!,
      "×",
      { max: 1.03 },
      `${optimizedDistance!.toFixed(4)} / ${textbookDistance!.toFixed(4)}`,
    ),
  ];
}
