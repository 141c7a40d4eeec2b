import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { Picture } from "../imaging/picture.ts";
import { DivergedError } from "./engine/diverged.ts";
import { importNet } from "./engine/import.ts";
import type { StylizeJob } from "./jobs/stylize.ts";
import { smallNet } from "./jobs/testing/net.ts";
import { JobDiedError, JobFailedError, startJob } from "./jobs.ts";
import { stylize } from "./style/stylize.ts";

const LINUX = process.platform === "linux";
const folder = mkdtempSync(join(tmpdir(), "semblance-jobs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const network = join(folder, "small.onnx");
writeFileSync(network, smallNet());

/** Stripes, as wide as is asked. */
const stripes = (width: number, height: number, period: number): Picture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => 0.5 + 0.4 * Math.sin(i / period)),
});

const REQUEST: StylizeJob = {
  network,
  content: stripes(40, 32, 9),
  paintings: [{ picture: stripes(64, 64, 2), weight: 1 }],
  recipe: "gatys",
  contentLayer: "coarse",
  styleLayers: { fine: 1, coarse: 1 },
  steps: 25,
};
/** More steps than a test waits for. */
const ENDLESS: StylizeJob = { ...REQUEST, steps: 100_000 };

test("a job paints what the same request paints in this process, and tells what it took", async () => {
  const { result, usage } = await startJob("stylize", REQUEST);
  const here = await stylize(importNet(smallNet()), REQUEST);
  expect(result.picture).toEqual(here.picture);
  expect(result.losses).toEqual(here.losses);
  expect(result.provider).toBe("cpu");
  expect(usage.cpuSeconds).toBeGreaterThan(0.1);
  expect(usage.peakRssMb).toBeGreaterThan(30);
});

test("steps are told in their order, and a checkpoint only when the step after it has shown that it is good", async () => {
  const told: string[] = [];
  await startJob(
    "stylize",
    { ...REQUEST, checkpointEvery: 10, previewEvery: 20 },
    {
      onReport(report) {
        if (report.kind === "progress") told.push(`step ${report.losses.step}`);
        else if (report.kind === "checkpoint" || report.kind === "preview") told.push(`${report.kind} ${report.step}`);
      },
    },
  );
  const steps = Array.from({ length: 25 }, (_, i) => `step ${i + 1}`);
  const after = (step: string, what: string) => steps.splice(steps.indexOf(step) + 1, 0, what);
  after("step 11", "checkpoint 10");
  after("step 20", "preview 20");
  after("step 21", "checkpoint 20");
  after("step 25", "checkpoint 25");
  expect(told).toEqual(steps);
});

test("a cancelled job ends at its next step with a last checkpoint, from which another goes on", async () => {
  const cancel = new AbortController();
  const steps: number[] = [];
  let last: StylizeJob["resume"];
  const job = startJob("stylize", ENDLESS, {
    signal: cancel.signal,
    onReport(report) {
      if (report.kind === "checkpoint") last = { step: report.step, picture: report.state };
      if (report.kind !== "progress") return;
      steps.push(report.losses.step);
      if (report.losses.step === 3) cancel.abort(new Error("No longer wanted."));
    },
  });
  await expect(job).rejects.toThrow("No longer wanted.");
  expect(last?.step).toBe(steps.at(-1));
  expect(childrenOf(process.pid)).toEqual([]);

  const { result } = await startJob("stylize", { ...REQUEST, steps: last!.step + 2, resume: last! });
  expect(result.losses.map(({ step }) => step)).toEqual([last!.step + 1, last!.step + 2]);
});

test("a job that was cancelled before it began does not begin", async () => {
  const reason = new Error("Never wanted.");
  await expect(startJob("stylize", REQUEST, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test.runIf(LINUX)("a cancelled job that does not end is killed", async () => {
  const cancel = new AbortController();
  const checkpoints: number[] = [];
  const job = startJob("stylize", ENDLESS, {
    signal: cancel.signal,
    patience: 0,
    onReport(report) {
      if (report.kind === "checkpoint") checkpoints.push(report.step);
      // As though it hung: a process that is stopped hears nothing.
      if (report.kind === "progress" && !cancel.signal.aborted) {
        for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGSTOP");
        cancel.abort();
      }
    },
  });
  await expect(job).rejects.toMatchObject({ name: "AbortError" });
  expect(checkpoints).toEqual([]);
  expect(childrenOf(process.pid)).toEqual([]);
});

test("what fails in the process fails here: a loss that is no number with its step, an operator by its name", async () => {
  const diverging = startJob("stylize", { ...REQUEST, learningRate: 1e30 });
  await expect(diverging).rejects.toThrow(DivergedError);
  await expect(diverging).rejects.toMatchObject({ step: 2 });

  const strange = join(folder, "strange.onnx");
  writeFileSync(strange, smallNet({ last: "Erf" }));
  const refused = startJob("stylize", { ...REQUEST, network: strange });
  await expect(refused).rejects.toThrow(JobFailedError);
  await expect(refused).rejects.toMatchObject({
    reason: "UnknownOperatorError",
    message: expect.stringMatching("Erf"),
  });
});

test.runIf(LINUX)("a process that is killed is told as that", async () => {
  let killed = false;
  const job = startJob("stylize", ENDLESS, {
    onReport() {
      if (!killed) for (const pid of childrenOf(process.pid)) killed = process.kill(pid, "SIGKILL");
    },
  });
  await expect(job).rejects.toThrow(JobDiedError);
  await expect(job).rejects.toThrow(/was killed \(SIGKILL\).* before it was done/);
});

test.runIf(LINUX)("when whoever started it dies, the job does not outlive it", async () => {
  const jobs = pathToFileURL(join(import.meta.dirname, "jobs.ts")).href;
  const request = { ...ENDLESS, content: undefined, paintings: undefined };
  const script = `
    import { startJob } from ${JSON.stringify(jobs)};
    const picture = { width: 32, height: 32, data: new Float32Array(3 * 32 * 32).map((_, i) => Math.abs(Math.sin(i))) };
    const request = ${JSON.stringify(request)};
    await startJob("stylize", { ...request, content: picture, paintings: [{ picture, weight: 1 }] }, {
      onReport: ({ kind }) => kind === "progress" && console.log("a step"),
    });`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((stepped) => parent.stdout.once("data", stepped));
  const [child] = childrenOf(parent.pid!);
  expect(child).toBeGreaterThan(0);
  parent.kill("SIGKILL");
  await expect.poll(() => statusOf(child!).alive, { timeout: 10_000 }).toBe(false);
});

/** Linux tells in /proc who is whose child; what has ended and was not yet buried counts as gone. */
function childrenOf(parent: number): number[] {
  if (!LINUX) return [];
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    const { alive, ppid, command } = statusOf(pid);
    return alive && ppid === parent && command.includes("job-process");
  });
}

function statusOf(pid: number): { alive: boolean; ppid: number; command: string } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return {
      alive: !/^State:\s+Z/m.test(status),
      ppid: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]),
      command: readFileSync(`/proc/${pid}/cmdline`, "utf8"),
    };
  } catch {
    return { alive: false, ppid: 0, command: "" };
  }
}
