import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureOf } from "../../imaging/picture.ts";
import type { Raster } from "../../imaging/raster.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { netProblem } from "../../workers/stylization/net-file.ts";
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

/** A raster of stripes in three colors. */
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

/** Collects the reports of a job as short texts, and its checkpoints. */
function listener() {
  const reported: string[] = [];
  const checkpoints: Checkpoint[] = [];
  const onReport: NonNullable<NonNullable<Parameters<typeof startJob<"train">>[2]>["onReport"]> = (report) => {
    if (report.kind === "started") reported.push(`started ${report.steps}`);
    else if (report.kind === "progress") reported.push(`step ${report.losses.step}`);
    else if (report.kind === "preview") reported.push(`preview ${report.step} ${report.name}`);
    else if (report.kind === "checkpoint") reported.push(`checkpoint ${report.step}`);
    if (report.kind === "checkpoint") checkpoints.push(report.state);
  };
  return { reported, checkpoints, onReport };
}

/** The reports and the result of one uninterrupted job, which several tests check. */
let uninterrupted: ReturnType<typeof listener> & Awaited<ReturnType<typeof startJob<"train">>>;

beforeAll(async () => {
  const collected = listener();
  uninterrupted = { ...collected, ...(await startJob("train", REQUEST, { onReport: collected.onReport })) };
});

test("a job trains the same net as the same request in this process, and reports its steps, previews and last checkpoint", async () => {
  const { reported, checkpoints, result } = uninterrupted;
  const expected = await run(REQUEST, { report: () => undefined, signal: new AbortController().signal });
  expect(result.losses).toEqual(expected.losses);
  expect(result.manifest).toEqual(expected.manifest);
  for (const net of ["quantized", "float"] as const) expect(Buffer.compare(result[net], expected[net]), net).toBe(0);
  expect(reported).toEqual([
    ...["started 6", "step 1", "step 2", "step 3", "step 4", "preview 4 unseen.png", "step 5", "step 6"],
    ...["checkpoint 6", "preview 6 unseen.png"],
  ]);
  expect(checkpoints[0]).toMatchObject({ painting: REQUEST.painting.sha256, losses: result.losses });
});

test("the trained net works: its metadata names the painting, and its error against the float net is as small as stated", async () => {
  const { manifest, quantized, float } = uninterrupted.result;
  expect(readOnnx(quantized).metadata?.get("painting")).toBe(REQUEST.painting.sha256);
  expect(netProblem(quantized)).toBeUndefined();
  expect(manifest.net.bytes).toBe(quantized.length);
  expect(float.length).toBeGreaterThan(quantized.length);
  expect(manifest.psnr.float).toBeGreaterThan(60);
  expect(manifest.psnr.quantized).toBeGreaterThan(25);
  expect(manifest.training.photographs).toMatchObject({ count: 2, heldOut: ["unseen.png"] });
  const painter = await openPainter(quantized, manifest.traits);
  const { width, height, data } = await painter.paint(pictureOf(stripes(40, 24, 5)));
  await painter.release();
  expect([width, height]).toEqual([40, 24]);
  expect(new Set(data).size).toBeGreaterThan(10);
});

test("a canceled training ends at its next step with a checkpoint, and a training that resumes from it gets the same net", async () => {
  const cancel = new AbortController();
  const first = listener();
  const canceled = startJob("train", REQUEST, {
    signal: cancel.signal,
    cancelTimeoutMs: 60_000,
    onReport(report) {
      first.onReport(report);
      if (report.kind === "progress" && report.losses.step === 2) cancel.abort(new Error("No longer wanted."));
    },
  });
  await expect(canceled).rejects.toThrow("No longer wanted.");
  const checkpoint = first.checkpoints.at(-1)!;
  expect(checkpoint.losses.at(-1)!.step).toBe(checkpoint.state.step);
  expect(checkpoint.state.step).toBeGreaterThanOrEqual(2);
  expect(checkpoint.state.step).toBeLessThan(6);

  const second = await startJob("train", { ...REQUEST, resume: checkpoint });
  expect(second.result.losses).toEqual(uninterrupted.result.losses);
  expect(Buffer.compare(second.result.float, uninterrupted.result.float)).toBe(0);
});

test("a loss that is not finite rejects with its step, and the state before that step is reported as a checkpoint", async () => {
  const valid = listener();
  await startJob("train", { ...REQUEST, duration: { steps: 3 } }, { onReport: valid.onReport });
  const resume = valid.checkpoints.at(-1)!;
  const weights = { ...LOSS_WEIGHTS, content: Number.NaN };
  const { reported, checkpoints, onReport } = listener();
  const invalid = { ...resume, settings: { ...resume.settings, weights, steps: 6 } };
  const diverging = startJob("train", { ...REQUEST, resume: invalid }, { onReport });
  await expect(diverging).rejects.toThrow(DivergedError);
  await expect(diverging).rejects.toMatchObject({ step: 4 });
  expect(reported).toEqual(["started 6", "checkpoint 3"]);
  expect(checkpoints[0]!.state).toEqual(resume.state);
});

test("with a duration in minutes, it reports the number of steps after it has measured the time of a step", async () => {
  const { reported, onReport } = listener();
  // However short the duration, there are at least the steps of the warm-up.
  const job: TrainJob = { ...REQUEST, duration: { minutes: 1e-6 }, previewEvery: 100 };
  const { result } = await startJob("train", job, { onReport });
  expect(reported.slice(0, 2)).toEqual(["started 20", "step 1"]);
  expect(reported[reported.indexOf("step 20") + 1]).toBe(`started ${WARM_UP}`);
  expect(result.losses).toHaveLength(WARM_UP);
  expect(result.manifest.training.settings.steps).toBe(WARM_UP);
});

test("checkpoints are reported at the requested interval", async () => {
  const { reported, onReport } = listener();
  await startJob("train", { ...REQUEST, duration: { steps: 3 }, checkpointEvery: 0, previewEvery: 100 }, { onReport });
  const each = ["step 1", "checkpoint 1", "step 2", "checkpoint 2", "step 3", "checkpoint 3", "checkpoint 3"];
  expect(reported).toEqual(["started 3", ...each, "preview 3 unseen.png"]);
});
