import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { ENROLLED, PAIRS, portrait, STRANGER } from "./astronauts.ts";
import type { EvaluationReport } from "./evaluation/report.ts";
import { ROOT } from "./state.ts";

const run = promisify(execFile);
const PEOPLE = resolve(ROOT, "test/fixtures/photos/people");
const enrolledPortrait = (id: string) => portrait(id, ENROLLED.find((person) => person.id === id)!.file);

let folder: string;
let report: EvaluationReport;

/** The demo's astronauts as a dataset: its pairs, and its enrolled people who have a second photograph. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "semblance-eval-"));
  const below = (path: string) => relative(PEOPLE, path);
  const pairs = PAIRS.map(({ probe, subject, same }) =>
    [below(portrait(...probe)), below(enrolledPortrait(subject)), same ? 1 : 0].join(),
  );
  await writeFile(join(folder, "pairs.csv"), ["a,b,same", ...pairs, ""].join("\n"));
  const people = PAIRS.filter(({ same }) => same).map(({ probe, subject }) => [
    subject,
    [enrolledPortrait(subject), portrait(...probe)],
  ]);
  await writeFile(join(folder, "index.json"), JSON.stringify({ people: Object.fromEntries(people) }));
  await writeFile(join(folder, "distractors.txt"), `${STRANGER.file}\n`);

  const options = ["--images", PEOPLE, "--pairs", join(folder, "pairs.csv"), "--identify", folder, "--out", folder];
  const { stdout } = await run(process.execPath, [resolve(ROOT, "cli/eval.ts"), ...options, "--json"]);
  report = JSON.parse(stdout);
});

test("the whole pipeline distinguishes the astronauts, in verification and in identification", () => {
  expect(report.pictures).toMatchObject({ found: report.pictures.pictures, noFace: 0, badImages: 0 });
  expect(report).toMatchObject({ genuinePairs: 5, impostorPairs: 4, accuracy: 1, eer: 0 });
  expect(report.atDefault.fmr.count).toBe(0);
  expect(report.enrollment).toMatchObject({
    genuineRefused: { count: 0, of: 5 },
    strangersAdded: { count: 0, of: 4 },
    seriesRefused: { count: 0, of: 5 },
  });
  const [onePicture] = report.identification!;
  expect(onePicture!.size).toEqual({ subjects: 5, templates: 5 });
  expect(onePicture!.rank1).toMatchObject({ count: 5, of: 5 });
  const { targetFpir, fpir, tpir } = onePicture!.rates[0]!;
  expect([targetFpir, fpir.count, tpir.count]).toEqual([0.01, 0, 5]);
});

test("the report and the DET curve are written, and contain no names", async () => {
  const [written, plot] = await Promise.all(
    ["report.json", "det.svg"].map((name) => readFile(join(folder, name), "utf8")),
  );
  expect(JSON.parse(written!)).toEqual(report);
  expect(plot).toContain("False non-match rate");
  expect(written! + plot!).not.toContain("armstrong");
});

test("--help lists the options, and missing arguments are one-line errors", async () => {
  const { stdout } = await run(process.execPath, [resolve(ROOT, "cli/eval.ts"), "--help"]);
  for (const option of [
    "--images",
    "--pairs",
    "--limit",
    "--identify",
    "--embedder",
    "--write-calibration",
    "--out",
    "--json",
  ]) {
    expect(stdout).toContain(option);
  }
  const answer = (...options: string[]) => run(process.execPath, [resolve(ROOT, "cli/eval.ts"), ...options]);
  await expect(answer("--images", folder)).rejects.toThrow("--pairs");
  await expect(answer("--images", folder, "--pairs", "nowhere.csv")).rejects.toMatchObject({
    stderr: expect.stringMatching(/^error: nowhere\.csv: no such file or folder\. Check the path\.\n$/),
  });
  const few = join(folder, "few.csv");
  await writeFile(few, "a,b,same\na.jpg,b.jpg,1\na.jpg,c.jpg,1\nb.jpg,c.jpg,0\n");
  await expect(answer("--images", folder, "--pairs", few)).rejects.toMatchObject({
    stderr: expect.stringMatching(/^error: .*few\.csv: there are too few pairs: 2 of the same person and 1 of .*\n$/),
  });
  const missing = join(folder, "missing.csv");
  await writeFile(missing, "a,b,same\na,b,1\na,c,1\nb,c,0\na,d,0\n");
  await expect(answer("--images", folder, "--pairs", missing)).rejects.toMatchObject({
    stderr: expect.stringMatching(/error: .*\/[abcd]: no such file or folder\. Check the path\.\n$/),
  });
});
