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
import { picturesIn } from "./inside/folder.ts";
import { netNamed, type PictureNet } from "./inside/nets.ts";
import { type CoverOptions, cover, type Occlusion } from "./inside/occluded.ts";
import { choose, cutPatches, type FoundUnit, fieldsOf, rank, type Skipped } from "./inside/strongest.ts";
import { type View, viewer } from "./inside/views.ts";
import { whole } from "./numbers.ts";
import { writeWhole } from "./output.ts";
import { Refusal, refusalOf } from "./refusal.ts";
import { setup } from "./setup.ts";

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

/** What `--json` prints and `report.json` holds. */
export interface Report {
  net: string;
  layer: string;
  pictures: number;
  skipped: Skipped[];
  units: FoundUnit[];
  occlusion?: Occlusion;
  files: string[];
}

/** No layer has more. */
const MOST_UNITS = 1_000_000;

const program = new Command("npm run look-inside --")
  .description(
    "Shows what the units of a net's layer look for: the nine patches of a picture folder that excite each most, cut to what " +
      "the unit sees (Zeiler & Fergus 2014). With --occlude also which parts of a picture its answer depends on.",
  )
  .requiredOption("--net <name>", "a net of the catalog (inception-v3-mixed4, …), a shipped style, or an ONNX file")
  .requiredOption("--layer <name>", "one of the net's layers; a name that it does not have lists them")
  .requiredOption("--photos <folder>", "where the pictures are, also in folders below it")
  .requiredOption("--out <folder>", "write units.png, units.html, report.json and occlusion.png there")
  .option("--units <list>", "which units to show, separated by commas (default: the most selective)", numbers)
  .option("--top <n>", "how many units to show", whole(1, 1000), 12)
  .option("--border", "also what excites a unit where it sees the padding beyond a picture's border")
  .option("--size <pixels>", "longer side of the pictures, for nets that take any size", whole(16, 4096), 256)
  .option("--occlude <picture>", "cover this picture part by part, and draw how the answer changes")
  .option(
    "--unit <n>",
    "the unit whose answer is watched (default: of those shown the one that the picture excites most; of an embedding the " +
      "distance that it moves)",
    whole(0, MOST_UNITS),
  )
  .addOption(
    new Option("--by <measure>", "a unit's answer to a picture: its greatest value, or its mean")
      .choices(["max", "mean"])
      .default("max"),
  )
  .option("--json", "print the report as JSON");

if (import.meta.main) await lookInside(program.parse().opts<Options>()).catch(explain);

/** What whoever called can mend is said in a line. */
function explain(error: unknown): never {
  const theirs = [Refusal, UnknownLayerError, NoReceptiveFieldError, NoUnitsError, TooSmallError];
  if (theirs.some((kind) => error instanceof kind)) program.error(`error: ${(error as Error).message}`);
  throw error;
}

async function lookInside(options: Options): Promise<void> {
  await setup();
  const net = await netNamed(options.net);
  const pictures = await picturesIn(options.photos);
  const probe = await openLayerRunner(net.model, options.layer);
  await mkdir(options.out, { recursive: true }).catch((error) => {
    throw refusalOf(options.out, error);
  });
  const view = await viewer(net, options.size);
  const folder = { path: options.photos, pictures, view };
  // At once, for if it cannot be read there is nothing to wait for.
  const covered =
    options.occlude === undefined ? undefined : { path: options.occlude, ...(await view(options.occlude)) };

  const fieldOf = fieldsOf(net, options.layer);
  const ranking = new Ranking({ fieldOf, border: options.border });
  const skipped = await withBar("pictures", async (bar) => {
    bar.start(pictures.length, 0);
    return rank(probe, ranking, folder, () => bar.increment());
  });
  for (const { reason } of skipped) console.error(`skipped: ${reason}`);
  const units = choose(ranking, options).map((unit) => ({ ...unit, receptiveField: fieldOf(unit.unit) }));
  const read = pictures.length - skipped.length;
  const sheet: Sheet = {
    title: `${basename(net.name)} · ${options.layer}`,
    notes: [
      `Of ${read} pictures the ${PATCHES_PER_UNIT} patches that excite each unit most, one a picture, the strongest first.`,
      sightOf(units, net, options),
    ],
    units: await cutPatches(units, folder),
  };

  const occluded = covered && (await occlude(covered, net, probe, { ...options, units, fieldOf }));
  await probe.release();

  const files = new Map<string, Uint8Array | string>([["units.png", await contactSheet(sheet)]]);
  if (occluded) files.set("occlusion.png", occluded.png);
  files.set("units.html", await page(sheet, occluded && { png: occluded.png, alt: occluded.says }));
  const report: Report = {
    net: net.name,
    layer: options.layer,
    pictures: read,
    skipped,
    units,
    ...(occluded && { occlusion: occluded.report }),
    files: [...files.keys(), "report.json"].map((name) => join(options.out, name)),
  };
  files.set("report.json", `${JSON.stringify(report, null, 2)}\n`);
  for (const [name, bytes] of files) await writeWhole(join(options.out, name), bytes);
  console.log(options.json ? JSON.stringify(report, null, 2) : describe(report));
}

function occlude(
  view: View & { path: string },
  net: PictureNet,
  probe: LayerRunner,
  options: Omit<CoverOptions, "picture" | "progress">,
) {
  return withBar("squares", async (bar) => {
    let started = false;
    const progress = (done: number, of: number) => {
      if (!started) bar.start(of, 0);
      started = true;
      bar.update(done);
    };
    return cover(view, net, probe, { ...options, picture: view.path, progress });
  });
}

/** A bar on the terminal; where there is none, nothing. */
async function withBar<T>(what: string, work: (bar: SingleBar) => Promise<T>): Promise<T> {
  const bar = new SingleBar({ format: `{bar} {value} of {total} ${what}, {eta_formatted} left`, hideCursor: true });
  try {
    return await work(bar);
  } finally {
    bar.stop();
  }
}

function sightOf(units: readonly FoundUnit[], net: PictureNet, { size, border }: Options): string {
  const shown = net.size ? `${net.size.width} × ${net.size.height} pixels` : `at most ${size} pixels a side`;
  const fields = [...new Set(units.map(({ receptiveField }) => seen(receptiveField)))];
  const places = border || units.every(({ receptiveField }) => typeof receptiveField !== "object");
  return `A unit sees ${fields.join(", or ")}, of pictures of ${shown}.${places ? "" : " Where it would see beyond a border does not count."}`;
}

function seen(field: ReceptiveField): string {
  if (typeof field !== "object") return "the whole picture";
  const { down, across } = field;
  return `${across.size} × ${down.size} pixels`;
}

function describe({ net, layer, pictures, units, occlusion, files }: Report): string {
  const lines = units.map(({ unit, selectivity, strongest, receptiveField }) => {
    const [best] = strongest;
    const most = best ? `at most ${best.activation.toPrecision(4)}, in ${best.picture}` : "nothing excites it";
    return `unit ${String(unit).padStart(4)}  sees ${seen(receptiveField)}  selectivity ${selectivity.toFixed(2)}  ${most}`;
  });
  return [
    `${net}, layer ${layer}, ${pictures} pictures`,
    ...lines,
    ...(occlusion ? [occlusion.says] : []),
    `Written: ${files.join(", ")}`,
  ].join("\n");
}

function numbers(text: string): number[] {
  return text.split(",").map(whole(0, MOST_UNITS));
}
