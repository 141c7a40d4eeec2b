import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, Option } from "commander";
import { contactSheet, type Sheet } from "../container/inside/contact-sheet.ts";
import { type LayerRunner, openLayerRunner, UnknownLayerError } from "../container/inside/layer-runner.ts";
import { TooSmallError } from "../container/inside/map-size.ts";
import { page } from "../container/inside/page.ts";
import { NoReceptiveFieldError, type ReceptiveField } from "../container/inside/receptive-field.ts";
import { NoUnitsError, PATCHES_PER_UNIT, Ranking } from "../container/inside/top-patches.ts";
import { listPictures } from "./inside/list-pictures.ts";
import { loadNet, type PictureNet } from "./inside/nets.ts";
import { measureOcclusion, type OcclusionOptions, type OcclusionReport } from "./inside/occlusion.ts";
import {
  chooseUnits,
  cutPatches,
  type RankedUnit,
  rankPictures,
  receptiveFieldsOf,
  type Skipped,
} from "./inside/rank-units.ts";
import { createViewer, type View } from "./inside/views.ts";
import { integer } from "./numbers.ts";
import { writeAtomically } from "./output.ts";
import { setup } from "./setup.ts";
import { toUserError, UserError } from "./user-error.ts";

interface Options {
  net: string;
  layer: string;
  photos: string;
  out: string;
  units?: number[];
  top: number;
  border?: true;
  size: number;
  occlude?: string;
  unit?: number;
  by: "max" | "mean";
  json?: true;
}

/** The content of `report.json`, and the output with `--json`. */
export interface InspectionReport {
  net: string;
  layer: string;
  pictures: number;
  skipped: Skipped[];
  units: RankedUnit[];
  occlusion?: OcclusionReport;
  files: string[];
}

/** More than any layer has. */
const MAX_UNITS = 1_000_000;

const program = new Command("npm run look-inside --")
  .description(
    "Shows what the units of a net's layer respond to: the nine patches in a folder of pictures that activate each unit most, " +
      "cropped to its receptive field (Zeiler & Fergus 2014). --occlude also shows which parts of a picture its answer depends on.",
  )
  .requiredOption("--net <name>", "net of the catalog (inception-v3-mixed4, …), shipped style, or ONNX file")
  .requiredOption("--layer <name>", "layer of the net. An unknown name prints the list of layers")
  .requiredOption("--photos <folder>", "folder of the pictures, including its subfolders")
  .requiredOption("--out <folder>", "write units.png, units.html, report.json and occlusion.png to this folder")
  .option("--units <list>", "units to show, separated by commas (default: the most selective)", integerList)
  .option("--top <n>", "number of units to show", integer(1, 1000), 12)
  .option("--border", "include patches where the receptive field reaches beyond the picture's border")
  .option("--size <pixels>", "longer side of the pictures, for nets that take any size", integer(16, 4096), 256)
  .option("--occlude <picture>", "cover parts of this picture in turn, and draw how the answer changes")
  .option(
    "--unit <n>",
    "unit to measure with --occlude (default: the shown unit that the picture activates most; for an embedding, the " +
      "distance by which it moves)",
    integer(0, MAX_UNITS),
  )
  .addOption(
    new Option("--by <measure>", "how a unit's answer to a picture is measured: its maximum or its mean")
      .choices(["max", "mean"])
      .default("max"),
  )
  .option("--json", "print the report as one JSON document on stdout");

if (import.meta.main) await lookInside(program.parse().opts<Options>()).catch(exitWithUserError);

/** Prints an error that the user can fix in one line, without a stack. Other errors are thrown again. */
function exitWithUserError(error: unknown): never {
  const userErrors = [UserError, UnknownLayerError, NoReceptiveFieldError, NoUnitsError, TooSmallError];
  if (userErrors.some((kind) => error instanceof kind)) program.error(`error: ${(error as Error).message}`);
  throw error;
}

async function lookInside(options: Options): Promise<void> {
  await setup();
  const net = await loadNet(options.net);
  const pictures = await listPictures(options.photos);
  const probe = await openLayerRunner(net.model, options.layer);
  await mkdir(options.out, { recursive: true }).catch((error) => {
    throw toUserError(options.out, error);
  });
  const view = await createViewer(net, options.size);
  const folder = { path: options.photos, pictures, view };
  // Read first, to fail early if it cannot be read.
  const occludedView =
    options.occlude === undefined ? undefined : { path: options.occlude, ...(await view(options.occlude)) };

  const fieldOf = receptiveFieldsOf(net, options.layer);
  const ranking = new Ranking({ fieldOf, border: options.border });
  const skipped = await withBar("pictures", async (bar) => {
    bar.start(pictures.length, 0);
    return rankPictures(probe, ranking, folder, () => bar.increment());
  });
  for (const { reason } of skipped) console.error(`skipped: ${reason}`);
  const units = chooseUnits(ranking, options).map((unit) => ({ ...unit, receptiveField: fieldOf(unit.unit) }));
  const read = pictures.length - skipped.length;
  const sheet: Sheet = {
    title: `${basename(net.name)} · ${options.layer}`,
    notes: [
      `The ${PATCHES_PER_UNIT} patches of ${read} pictures that activate each unit most, at most one a picture, the strongest first.`,
      describeReceptiveFields(units, net, options),
    ],
    units: await cutPatches(units, folder),
  };

  const occluded = occludedView && (await occlude(occludedView, net, probe, { ...options, units, fieldOf }));
  await probe.release();

  const files = new Map<string, Uint8Array | string>([["units.png", await contactSheet(sheet)]]);
  if (occluded) files.set("occlusion.png", occluded.png);
  files.set("units.html", await page(sheet, occluded && { png: occluded.png, alt: occluded.says }));
  const report: InspectionReport = {
    net: net.name,
    layer: options.layer,
    pictures: read,
    skipped,
    units,
    ...(occluded && { occlusion: occluded.report }),
    files: [...files.keys(), "report.json"].map((name) => join(options.out, name)),
  };
  files.set("report.json", `${JSON.stringify(report, null, 2)}\n`);
  for (const [name, bytes] of files) await writeAtomically(join(options.out, name), bytes);
  console.log(options.json ? JSON.stringify(report, null, 2) : describe(report));
}

function occlude(
  view: View & { path: string },
  net: PictureNet,
  probe: LayerRunner,
  options: Omit<OcclusionOptions, "picture" | "progress">,
) {
  return withBar("squares", async (bar) => {
    let started = false;
    const progress = (done: number, of: number) => {
      if (!started) bar.start(of, 0);
      started = true;
      bar.update(done);
    };
    return measureOcclusion(view, net, probe, { ...options, picture: view.path, progress });
  });
}

/** Shows a progress bar on a terminal. Without a terminal, shows nothing. */
async function withBar<T>(noun: string, work: (bar: SingleBar) => Promise<T>): Promise<T> {
  const bar = new SingleBar({
    format: `{bar} {value} of {total} ${noun}, {eta_formatted} remaining`,
    hideCursor: true,
  });
  try {
    return await work(bar);
  } finally {
    bar.stop();
  }
}

function describeReceptiveFields(units: readonly RankedUnit[], net: PictureNet, { size, border }: Options): string {
  const shown = net.size ? `${net.size.width} × ${net.size.height} pixels` : `at most ${size} pixels a side`;
  const fields = [...new Set(units.map(({ receptiveField }) => formatReceptiveField(receptiveField)))];
  const includesBorder = border || units.every(({ receptiveField }) => typeof receptiveField !== "object");
  return `A unit sees ${fields.join(", or ")}, of pictures of ${shown}.${includesBorder ? "" : " Positions where it would see beyond a border are excluded."}`;
}

function formatReceptiveField(field: ReceptiveField): string {
  if (typeof field !== "object") return "the whole picture";
  const { down, across } = field;
  return `${across.size} × ${down.size} pixels`;
}

function describe({ net, layer, pictures, units, occlusion, files }: InspectionReport): string {
  const lines = units.map(({ unit, selectivity, strongest, receptiveField }) => {
    const [best] = strongest;
    const most = best ? `at most ${best.activation.toPrecision(4)}, in ${best.picture}` : "never active";
    return `unit ${String(unit).padStart(4)}  sees ${formatReceptiveField(receptiveField)}  selectivity ${selectivity.toFixed(2)}  ${most}`;
  });
  return [
    `${net}, layer ${layer}, ${pictures} pictures`,
    ...lines,
    ...(occlusion ? [occlusion.says] : []),
    `Written: ${files.join(", ")}`,
  ].join("\n");
}

function integerList(text: string): number[] {
  return text.split(",").map(integer(0, MAX_UNITS));
}
