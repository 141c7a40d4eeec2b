import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { netTrouble } from "../../workers/stylization/net-file.ts";
import { DivergedError } from "../engine/diverged.ts";
import { startJob } from "../jobs.ts";
import type { Checkpoint } from "../style-net/checkpoint.ts";
import { LOSS_WEIGHTS } from "../style-net/loss.ts";
import { openPainter } from "../style-net/restyle.ts";
import { smallLossNet } from "../style-net/testing/loss-net.ts";
import { WARM_UP } from "../style-net/trainer.ts";
import { run, type TrainJob } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "semblance-train-job-"));
afterAll(() => rmSync(folder, { recursive: true }));
const network = join(folder, "loss.onnx");
writeFileSync(network, smallLossNet());

/** Stripes of three colours, as wide as is asked. */
function stripes(width: number, height: number, period: number): Raster {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => {
    const [x, y, c] = [(i >> 2) % width, Math.floor((i >> 2) / width), i & 3];
    return c === 3 ? 255 : 128 + 100 * Math.sin((x + c * y) / period);
  });
  return { width, height, data };
}

const REQUEST: TrainJob = {
  network,
  painting: { raster: stripes(100, 90, 3), sha256: "0a".repeat(32) },
  photographs: {
    training: [stripes(90, 80, 9), stripes(100, 70, 14)],
    heldOut: [{ name: "unseen.png", raster: stripes(64, 48, 7) }],
    sha256: "0b".repeat(32),
  },
  settings: {
    architecture: { half: 4, quarter: 8, blocks: 1 },
    weights: LOSS_WEIGHTS,
    size: 64,
    batch: 1,
    learningRate: 0.01,
    strokes: 64,
    grain: 0.03,
    seed: 5,
  },
  duration: { steps: 6 },
  previewEvery: 4,
};

/** What a job told, each in a word or two, and the checkpoints themselves. */
function listener() {
  const told: string[] = [];
  const checkpoints: Checkpoint[] = [];
  const onReport: NonNullable<NonNullable<Parameters<typeof startJob<"train">>[2]>["onReport"]> = (report) => {
    if (report.kind === "started") told.push(`started ${report.steps}`);
    else if (report.kind === "progress") told.push(`step ${report.losses.step}`);
    else if (report.kind === "preview") told.push(`preview ${report.step} ${report.name}`);
    else if (report.kind === "checkpoint") told.push(`checkpoint ${report.step}`);
    if (report.kind === "checkpoint") checkpoints.push(report.state);
  };
  return { told, checkpoints, onReport };
}

/** The job as it is, which the tests look at. */
let whole: ReturnType<typeof listener> & Awaited<ReturnType<typeof startJob<"train">>>;

beforeAll(async () => {
  const heard = listener();
  whole = { ...heard, ...(await startJob("train", REQUEST, { onReport: heard.onReport })) };
});

test("a job trains what the same request trains in this process, tells its steps, previews and last checkpoint", async () => {
  const { told, checkpoints, result } = whole;
  const here = await run(REQUEST, { report: () => undefined, signal: new AbortController().signal });
  expect(result.losses).toEqual(here.losses);
  expect(result.manifest).toEqual(here.manifest);
  for (const net of ["quantized", "float"] as const) expect(Buffer.compare(result[net], here[net]), net).toBe(0);
  expect(told).toEqual([
    ...["started 6", "step 1", "step 2", "step 3", "step 4", "preview 4 unseen.png", "step 5", "step 6"],
    ...["checkpoint 6", "preview 6 unseen.png"],
  ]);
  expect(checkpoints[0]).toMatchObject({ painting: REQUEST.painting.sha256, losses: result.losses });
});

test("what it gives can be painted with: a net that bears its painting, as near to the trained one as it says", async () => {
  const { manifest: learned, quantized, float } = whole.result;
  expect(readOnnx(quantized).metadata?.get("painting")).toBe(REQUEST.painting.sha256);
  expect(netTrouble(quantized)).toBeUndefined();
  expect(learned.net.bytes).toBe(quantized.length);
  expect(float.length).toBeGreaterThan(quantized.length);
  expect(learned.psnr.float).toBeGreaterThan(60);
  expect(learned.psnr.quantized).toBeGreaterThan(25);
  expect(learned.training.photographs).toMatchObject({ count: 2, heldOut: ["unseen.png"] });
  const painter = await openPainter(quantized, learned.traits);
  const { width, height, data } = await painter.paint(pictureOf(stripes(40, 24, 5)));
  await painter.release();
  expect([width, height]).toEqual([40, 24]);
  expect(new Set(data).size).toBeGreaterThan(10);
});

test("a cancelled training ends at its next step with a checkpoint, from which another comes to the same net", async () => {
  const cancel = new AbortController();
  const first = listener();
  const cancelled = startJob("train", REQUEST, {
    signal: cancel.signal,
    patience: 60_000,
    onReport(report) {
      first.onReport(report);
      if (report.kind === "progress" && report.losses.step === 2) cancel.abort(new Error("No longer wanted."));
    },
  });
  await expect(cancelled).rejects.toThrow("No longer wanted.");
  const reached = first.checkpoints.at(-1)!;
  expect(reached.losses.at(-1)!.step).toBe(reached.state.step);
  expect(reached.state.step).toBeGreaterThanOrEqual(2);
  expect(reached.state.step).toBeLessThan(6);

  const second = await startJob("train", { ...REQUEST, resume: reached });
  expect(second.result.losses).toEqual(whole.result.losses);
  expect(Buffer.compare(second.result.float, whole.result.float)).toBe(0);
});

test("a loss that is no number ends it with the number of its step, and the step before is kept", async () => {
  const good = listener();
  await startJob("train", { ...REQUEST, duration: { steps: 3 } }, { onReport: good.onReport });
  const resume = good.checkpoints.at(-1)!;
  const weights = { ...LOSS_WEIGHTS, content: Number.NaN };
  const { told, checkpoints, onReport } = listener();
  const spoiled = { ...resume, settings: { ...resume.settings, weights, steps: 6 } };
  const diverging = startJob("train", { ...REQUEST, resume: spoiled }, { onReport });
  await expect(diverging).rejects.toThrow(DivergedError);
  await expect(diverging).rejects.toMatchObject({ step: 4 });
  expect(told).toEqual(["started 6", "checkpoint 3"]);
  expect(checkpoints[0]!.state).toEqual(resume.state);
});

test("asked for minutes, it tells how many steps they have room for once it knows how long a step takes", async () => {
  const { told, onReport } = listener();
  // No time at all has room for the warm-up, which is the least.
  const job: TrainJob = { ...REQUEST, duration: { minutes: 1e-6 }, previewEvery: 100 };
  const { result } = await startJob("train", job, { onReport });
  expect(told.slice(0, 2)).toEqual(["started 20", "step 1"]);
  expect(told[told.indexOf("step 20") + 1]).toBe(`started ${WARM_UP}`);
  expect(result.losses).toHaveLength(WARM_UP);
  expect(result.manifest.training.settings.steps).toBe(WARM_UP);
});

test("checkpoints are told as often as is asked", async () => {
  const { told, onReport } = listener();
  await startJob("train", { ...REQUEST, duration: { steps: 3 }, checkpointEvery: 0, previewEvery: 100 }, { onReport });
  const each = ["step 1", "checkpoint 1", "step 2", "checkpoint 2", "step 3", "checkpoint 3", "checkpoint 3"];
  expect(told).toEqual(["started 3", ...each, "preview 3 unseen.png"]);
});
