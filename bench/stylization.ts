import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { createClient, PictureFile } from "../cli/client.ts";
import { readPicture } from "../cli/pictures.ts";
import { ROOT } from "../cli/state.ts";
import { runtimeFromFiles } from "../cli/vision-from-files.ts";
import { reflectPad } from "../imaging/border.ts";
import { clamped, colorStatistics, transferColors } from "../imaging/color.ts";
import { prepared } from "../imaging/paintings.ts";
import { projectOnto } from "../imaging/projection.ts";
import { serverTiming } from "./api.ts";
import { type BenchSetup, startBenchServer } from "./bench-server.ts";
import { interleave, median, type Row, row } from "./measure.ts";
import { STYLIZE } from "./requests.ts";

const STYLE = "starry-night";
const SIDE = 512;
const ROUNDS = 15;
const style = (file: string) => resolve(ROOT, "models/styles", STYLE, file);

/** `stylize` of 512×512 pixels in the warm Worker, compared with the computations that it needs at least. */
export async function stylization(place: BenchSetup): Promise<Row[]> {
  const server = await startBenchServer(place, "stylization");
  try {
    const api = createClient(server.url, server.key);
    const stylize = (quality: string) => async () => {
      const image = new PictureFile(place.pictures.square);
      const { response, body } = await api.send(STYLIZE, { image, styleId: STYLE, quality, maxSide: SIDE });
      if (body.errors) throw new Error(body.errors.map((error) => error.message).join("; "));
      return serverTiming(response.headers.get("server-timing") ?? "").total ?? Number.NaN;
    };
    const bareFast = async () => {
      const answer = await fetch(new URL(`/bench/style?style=${STYLE}`, server.url), {
        method: "POST",
        body: readFileSync(place.pictures.square),
      });
      return ((await answer.json()) as { millis: number }).millis;
    };
    const bareFine = await netAndProjection(place.pictures.square);
    // The first run of each loads nets and reserves memory.
    for (const warm of [stylize("FAST"), bareFast, stylize("FINE"), bareFine]) await warm();
    const [fast, fastBaseline] = await interleave(ROUNDS, [stylize("FAST"), bareFast]);
    const [fine, fineBaseline] = await interleave(ROUNDS, [stylize("FINE"), bareFine]);
    return [
      ratioRow("FAST", "decode, session.run and encode alone in the same Worker", 1.25, fast!, fastBaseline!),
      ratioRow("FINE", "the same net and projection alone in Node", 1.2, fine!, fineBaseline!),
    ];
  } finally {
    await server.stop();
  }
}

const ratioRow = (quality: string, baseline: string, max: number, times: number[], baselines: number[]): Row =>
  row(
    `stylize 512×512 ${quality} ÷ ${baseline}`,
    median(times) / median(baselines),
    "×",
    { max },
    `${median(times).toFixed(0)} / ${median(baselines).toFixed(0)} ms`,
  );

/** Only one run of the net, and one projection of a picture in the painting's colors onto the painting at the same scale. */
async function netAndProjection(file: string): Promise<() => Promise<number>> {
  const runtime = await runtimeFromFiles();
  const net = await runtime.load(readFileSync(style("net.onnx")));
  const picture = await readPicture(file);
  const painting = prepared([{ picture: await readPicture(style("painting.jpg")), weight: 1 }], SIDE)[0]!.picture;
  const query = reflectPad(clamped(transferColors(picture, colorStatistics(painting))), 8);
  return async () => {
    const start = performance.now();
    await net.run(picture.data, [1, 3, SIDE, SIDE]);
    projectOnto(query, painting, { sigma: 0.25 });
    return performance.now() - start;
  };
}

/** An isolate's limit on Cloudflare, in MB (2²⁰ bytes). */
const LIMIT_MB = 128;

/** Peak memory while a 12-megapixel photo is stylized: see `stylize-peak.ts`. */
export async function stylizationMemory({ pictures }: BenchSetup): Promise<Row[]> {
  const rows: Row[] = [];
  for (const quality of ["FAST", "FINE"]) {
    const program = resolve(ROOT, "bench/stylize-peak.ts");
    const args = ["--expose-gc", program, pictures.phone, STYLE, quality, "1024"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { bytes, at } = JSON.parse(stdout) as { bytes: number; at: string };
    rows.push(
      row(
        `memory of stylize ${quality}, 12-megapixel photo, 1024 px, peak`,
        bytes / 2 ** 20,
        "MB",
        { max: LIMIT_MB },
        at,
      ),
    );
  }
  return rows;
}
