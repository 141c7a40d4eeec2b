import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { ValiError } from "valibot";
import { type Calibration, calibrationOf } from "../models/calibration.ts";
import { defaultEmbedder, EMBEDDERS } from "../models/catalog.ts";
import { KERNEL_PATH } from "../workers/gallery/kernel/build.ts";
import { calibrate, type KnownFace } from "../workers/matching/calibrate.ts";
import type { FaceTemplate } from "../workers/matching/template.ts";
import { fewerPairs, fewerPeople, type People, readPairs, readPeople } from "./evaluation/dataset.ts";
import { detPlot } from "./evaluation/det-plot.ts";
import { embedAll } from "./evaluation/embed.ts";
import type { Sight } from "./evaluation/embed-worker.ts";
import { evaluateEnrollment } from "./evaluation/enrollment.ts";
import { evaluateIdentification } from "./evaluation/identification.ts";
import { describe, type PicturesReport, type Report } from "./evaluation/report.ts";
import { evaluateVerification } from "./evaluation/verification.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";

interface Options {
  images: string;
  pairs: string;
  limit?: number;
  identify?: string | true;
  embedder: string;
  writeCalibration?: true;
  dataset?: string;
  out?: string;
  json?: true;
}

const program = new Command("npm run eval --")
  .description("Measures how well the whole pipeline recognises people in pictures of yours. Keeps nothing of them.")
  .requiredOption("--images <folder>", "where the pictures are")
  .requiredOption(
    "--pairs <file>",
    "CSV with the header a,b,same: two paths below the folder, and 1 for one person or 0",
  )
  .option("--limit <n>", "only n pairs, half of them of one person, and n people and strangers to identify", positive)
  .option(
    "--identify [folder]",
    "one to many as well: a folder (default: the pictures') with index.json, { people: { name: [paths] } }, and " +
      "distractors.txt, a path a line, of strangers",
  )
  .option("--embedder <id>", `one of ${EMBEDDERS.map(({ id }) => id).join(", ")}`, embedder, defaultEmbedder().id)
  .option(
    "--write-calibration",
    "compare all people of the folder and keep what the distances mean in models/calibration/",
  )
  .option("--dataset <name>", "what a written calibration calls the pictures (default: the folder's name)")
  .option("--out <folder>", "write report.json and the DET curve, det.svg, there")
  .option("--json", "print the report as JSON");

if (import.meta.main) await evaluate(program.parse().opts<Options>()).catch(explain);

/** A list that is not there or not as it should be is the caller's to mend: say which, without a stack. */
function explain(error: unknown): never {
  const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
  if (missing || error instanceof SyntaxError || error instanceof ValiError) program.error(`error: ${error.message}`);
  throw error;
}

async function evaluate(options: Options): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const pairs = fewerPairs(await readPairs(options.pairs, options.images), limit);
  const wantsPeople = options.identify !== undefined || options.writeCalibration;
  const peopleFolder = typeof options.identify === "string" ? options.identify : options.images;
  const people = wantsPeople ? fewerPeople(await readPeople(peopleFolder), limit) : undefined;

  const paths = [
    ...pairs.flatMap(({ a, b }) => [a, b]),
    ...(people ? [...people.enrolled.flat(), ...people.strangers] : []),
  ];
  await setup();
  const sights = await embed([...new Set(paths)], options.embedder);
  const templates = templatesOf(sights, options.embedder);

  const calibration =
    people && options.writeCalibration
      ? calibrate(knownFaces(people, sights, templates), {
          modelId: options.embedder,
          dataset: `${options.dataset ?? basename(resolve(options.images))}, ${sights.size} pictures`,
          command: `npm run eval -- --images DIR --pairs FILE --embedder ${options.embedder} --write-calibration`,
        })
      : calibrationOf(options.embedder);
  const { report: verification, rates } = evaluateVerification(pairs, templates, calibration);
  const enrollment = evaluateEnrollment(pairs, people?.enrolled, acceptedOf(templates, sights), calibration);
  const report: Report = { embedder: options.embedder, pictures: picturesOf(sights), ...verification, enrollment };
  if (people && options.identify !== undefined) {
    const kernel = await WebAssembly.compile(await readFile(KERNEL_PATH));
    report.identification = evaluateIdentification(people, templates, calibration, kernel);
  }
  if (options.writeCalibration) {
    report.calibration = calibration;
    const file = resolve(ROOT, "models/calibration", `${options.embedder}.json`);
    await writeFile(file, `${aPointALine(calibration)}\n`);
  }
  if (options.out) {
    await mkdir(options.out, { recursive: true });
    const curves = [
      { name: `these ${pairs.length} pairs`, points: rates },
      { name: `calibration, ${(calibration.impostorPairs / 1e6).toFixed(1)} million pairs`, points: calibration.curve },
    ];
    await writeFile(resolve(options.out, "det.svg"), await detPlot(options.embedder, curves));
    await writeFile(resolve(options.out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  }
  console.log(options.json ? JSON.stringify(report, null, 2) : describe(report));
}

/** JSON with each innermost object or list on a line of its own, to be read and compared. */
function aPointALine(calibration: Calibration): string {
  return JSON.stringify(calibration, null, 1).replace(/[{[][^{}[\]]*[}\]]/g, (inner) => inner.replace(/\s+/g, " "));
}

async function embed(paths: readonly string[], embedder: string): Promise<Map<string, Sight>> {
  const bar = new SingleBar({ format: "{bar} {value} of {total} pictures, {eta_formatted} left", hideCursor: true });
  bar.start(paths.length, 0);
  try {
    return await embedAll(paths, embedder, () => bar.increment());
  } finally {
    bar.stop();
  }
}

function templatesOf(sights: ReadonlyMap<string, Sight>, modelId: string): Map<string, FaceTemplate> {
  const templates = new Map<string, FaceTemplate>();
  for (const [path, sight] of sights) {
    if (sight.kind === "face") templates.set(path, { modelId, vector: sight.vector, scale: sight.scale });
  }
  return templates;
}

/** The templates of pictures that `enroll` does not refuse for themselves. */
function acceptedOf(
  templates: ReadonlyMap<string, FaceTemplate>,
  sights: ReadonlyMap<string, Sight>,
): Map<string, FaceTemplate> {
  const isAccepted = (sight: Sight | undefined) => sight?.kind === "face" && sight.refused === undefined;
  return new Map([...templates].filter(([path]) => isAccepted(sights.get(path))));
}

function knownFaces(
  { enrolled, strangers }: People,
  sights: ReadonlyMap<string, Sight>,
  templates: ReadonlyMap<string, FaceTemplate>,
): KnownFace[] {
  const people = [...enrolled, ...strangers.map((path) => [path])];
  return people.flatMap((paths, i) =>
    paths.flatMap((path) => {
      const [sight, template] = [sights.get(path), templates.get(path)];
      return sight?.kind === "face" && template ? { person: String(i), template, norm: sight.norm } : [];
    }),
  );
}

function picturesOf(sights: ReadonlyMap<string, Sight>): PicturesReport {
  const all = [...sights.values()];
  const refused = (kind: "manyFaces" | "poorQuality") =>
    all.filter((sight) => sight.kind === "face" && sight.refused === kind).length;
  const found = all.filter(({ kind }) => kind === "face").length;
  return {
    pictures: all.length,
    found,
    foundShare: found / all.length,
    noFace: all.filter(({ kind }) => kind === "noFace").length,
    badImages: all.filter(({ kind }) => kind === "badImage").length,
    manyFaces: refused("manyFaces"),
    poorQuality: refused("poorQuality"),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 1) return value;
  throw new InvalidArgumentError("It is a whole number above 1.");
}

function embedder(id: string): string {
  if (EMBEDDERS.some((model) => model.id === id)) return id;
  throw new InvalidArgumentError(`It is one of ${EMBEDDERS.map((model) => model.id).join(", ")}.`);
}
