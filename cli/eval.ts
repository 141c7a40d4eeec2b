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
import { type LabeledPair, limitPairs, limitPeople, type People, readPairs, readPeople } from "./evaluation/dataset.ts";
import { detPlot } from "./evaluation/det-plot.ts";
import { embedAll } from "./evaluation/embed.ts";
import type { PictureOutcome } from "./evaluation/embed-worker.ts";
import { evaluateEnrollment } from "./evaluation/enrollment.ts";
import { evaluateIdentification } from "./evaluation/identification.ts";
import { describe, type EvaluationReport, type PicturesReport } from "./evaluation/report.ts";
import { evaluateVerification } from "./evaluation/verification.ts";
import { setup } from "./setup.ts";
import { ROOT } from "./state.ts";
import { UserError } from "./user-error.ts";

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
  .description("Measures how well the whole pipeline recognizes people in your pictures. Does not store the pictures.")
  .requiredOption("--images <folder>", "folder of the pictures")
  .requiredOption(
    "--pairs <file>",
    "CSV file with the header a,b,same: two paths relative to the folder, and 1 (same person) or 0",
  )
  .option(
    "--limit <n>",
    "use at most n pairs (half of them genuine), n people and n strangers (default: all)",
    integerAboveOne,
  )
  .option(
    "--identify [folder]",
    "also measure identification (1:N) with the people in a folder (default: the pictures' folder). It must contain " +
      "index.json, { people: { name: [paths] } }, and distractors.txt with one path of a stranger a line",
  )
  .option(
    "--embedder <id>",
    `embedder: ${EMBEDDERS.map(({ id }) => id).join(" or ")}`,
    parseEmbedder,
    defaultEmbedder().id,
  )
  .option("--write-calibration", "compare all people of the folder and write the calibration to models/calibration/")
  .option("--dataset <name>", "name of the pictures in the calibration (default: the folder's name)")
  .option("--out <folder>", "write report.json and the DET curve (det.svg) to this folder")
  .option("--json", "print the report as one JSON document on stdout");

/** The accuracy is computed on one part of the pairs with the best threshold of the other part. */
const MIN_PAIRS_OF_A_KIND = 2;

if (import.meta.main) await evaluate(program.parse().opts<Options>()).catch(exitWithUserError);

/** Prints an error about a missing or invalid list in one line, without a stack. Other errors are thrown again. */
function exitWithUserError(error: unknown): never {
  const isExpected = error instanceof UserError || error instanceof SyntaxError || error instanceof ValiError;
  if (isExpected) program.error(`error: ${error.message}`);
  throw error;
}

function assertEnough(pairs: readonly LabeledPair[], file: string): void {
  const genuine = pairs.filter(({ same }) => same).length;
  const impostor = pairs.length - genuine;
  if (Math.min(genuine, impostor) < MIN_PAIRS_OF_A_KIND)
    throw new UserError(
      `${file}: there are too few pairs: ${genuine} of the same person and ${impostor} of different people. ` +
        `Add lines until there are at least ${MIN_PAIRS_OF_A_KIND} of each. Hundreds are needed for a useful estimate.`,
    );
}

async function evaluate(options: Options): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const pairs = limitPairs(await readPairs(options.pairs, options.images), limit);
  assertEnough(pairs, options.pairs);
  const wantsPeople = options.identify !== undefined || options.writeCalibration;
  const peopleFolder = typeof options.identify === "string" ? options.identify : options.images;
  const people = wantsPeople ? limitPeople(await readPeople(peopleFolder), limit) : undefined;

  const paths = [
    ...pairs.flatMap(({ a, b }) => [a, b]),
    ...(people ? [...people.enrolled.flat(), ...people.strangers] : []),
  ];
  await setup();
  const outcomes = await embed([...new Set(paths)], options.embedder);
  const templates = templatesOf(outcomes, options.embedder);

  const calibration =
    people && options.writeCalibration
      ? calibrate(knownFaces(people, outcomes, templates), {
          modelId: options.embedder,
          dataset: `${options.dataset ?? basename(resolve(options.images))}, ${outcomes.size} pictures`,
          command: `npm run eval -- --images DIR --pairs FILE --embedder ${options.embedder} --write-calibration`,
        })
      : calibrationOf(options.embedder);
  const { report: verification, rates } = evaluateVerification(pairs, templates, calibration);
  const enrollment = evaluateEnrollment(pairs, people?.enrolled, acceptedOf(templates, outcomes), calibration);
  const report: EvaluationReport = {
    embedder: options.embedder,
    pictures: picturesOf(outcomes),
    ...verification,
    enrollment,
  };
  if (people && options.identify !== undefined) {
    const kernel = await WebAssembly.compile(await readFile(KERNEL_PATH));
    report.identification = evaluateIdentification(people, templates, calibration, kernel);
  }
  if (options.writeCalibration) {
    report.calibration = calibration;
    const file = resolve(ROOT, "models/calibration", `${options.embedder}.json`);
    await writeFile(file, `${formatCalibration(calibration)}\n`);
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

/** JSON with each innermost object or list on one line, for readable diffs. */
function formatCalibration(calibration: Calibration): string {
  return JSON.stringify(calibration, null, 1).replace(/[{[][^{}[\]]*[}\]]/g, (inner) => inner.replace(/\s+/g, " "));
}

async function embed(paths: readonly string[], embedder: string): Promise<Map<string, PictureOutcome>> {
  const bar = new SingleBar({
    format: "{bar} {value} of {total} pictures, {eta_formatted} remaining",
    hideCursor: true,
  });
  bar.start(paths.length, 0);
  try {
    return await embedAll(paths, embedder, () => bar.increment());
  } finally {
    bar.stop();
  }
}

function templatesOf(outcomes: ReadonlyMap<string, PictureOutcome>, modelId: string): Map<string, FaceTemplate> {
  const templates = new Map<string, FaceTemplate>();
  for (const [path, outcome] of outcomes) {
    if (outcome.kind === "face") templates.set(path, { modelId, vector: outcome.vector, scale: outcome.scale });
  }
  return templates;
}

/** The templates of pictures that `enroll` accepts, regardless of the subject. */
function acceptedOf(
  templates: ReadonlyMap<string, FaceTemplate>,
  outcomes: ReadonlyMap<string, PictureOutcome>,
): Map<string, FaceTemplate> {
  const isAccepted = (outcome: PictureOutcome | undefined) => outcome?.kind === "face" && outcome.refused === undefined;
  return new Map([...templates].filter(([path]) => isAccepted(outcomes.get(path))));
}

function knownFaces(
  { enrolled, strangers }: People,
  outcomes: ReadonlyMap<string, PictureOutcome>,
  templates: ReadonlyMap<string, FaceTemplate>,
): KnownFace[] {
  const people = [...enrolled, ...strangers.map((path) => [path])];
  return people.flatMap((paths, i) =>
    paths.flatMap((path) => {
      const [outcome, template] = [outcomes.get(path), templates.get(path)];
      return outcome?.kind === "face" && template ? { person: String(i), template, norm: outcome.norm } : [];
    }),
  );
}

function picturesOf(outcomes: ReadonlyMap<string, PictureOutcome>): PicturesReport {
  const all = [...outcomes.values()];
  const refused = (kind: "manyFaces" | "poorQuality") =>
    all.filter((outcome) => outcome.kind === "face" && outcome.refused === kind).length;
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

function integerAboveOne(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 1) return value;
  throw new InvalidArgumentError("Use an integer of at least 2.");
}

function parseEmbedder(id: string): string {
  if (EMBEDDERS.some((model) => model.id === id)) return id;
  throw new InvalidArgumentError(`Use one of ${EMBEDDERS.map((model) => model.id).join(", ")}.`);
}
