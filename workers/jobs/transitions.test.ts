import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change, Job, JobState } from "./jobs.ts";
import {
  attemptAccepted,
  attemptFailed,
  attemptProgressed,
  beginAttempt,
  downsample,
  end,
  hasEnded,
  ignoreReason,
} from "./transitions.ts";

const newJob: Job = {
  tenantId: "ten",
  id: "job",
  kind: "optimizeStyle",
  state: "QUEUED",
  version: 1,
  attempt: 0,
  sequence: 0,
  work: {},
  step: 0,
  steps: 0,
  losses: [],
  provider: null,
  previewKey: null,
  checkpointKey: null,
  checkpointStep: null,
  delivered: {},
  resultKey: null,
  styleId: null,
  error: null,
  dispatchError: null,
  webhook: null,
  webhookError: null,
  webhookSettledAt: null,
  quietUntil: null,
  createdAt: new Date(0),
  deadlineAt: new Date(1e9),
  reportedAt: null,
  startedAt: null,
  finishedAt: null,
};

const ORDER: JobState[] = ["QUEUED", "DISPATCHED", "RUNNING", "SUCCEEDED"];
const rank = (state: JobState) => (ORDER.includes(state) ? ORDER.indexOf(state) : 3);
const ATTEMPTS = 3;

/** Any transition, at any time. */
const transition: fc.Arbitrary<(job: Job) => Change | undefined> = fc.oneof(
  fc.nat(4).map((attempt) => (job: Job) => beginAttempt(job, attempt, 1)),
  fc.nat(4).map((attempt) => (job: Job) => attemptAccepted(job, attempt, 2)),
  fc.record({ attempt: fc.nat(4), sequence: fc.nat(9), step: fc.nat(20) }).chain(({ step, ...position }) =>
    fc.constantFrom(
      (job: Job) =>
        attemptProgressed(job, position, { event: "queued", sequence: position.sequence, step: 0, steps: 0 }, 3),
      (job: Job) =>
        attemptProgressed(
          job,
          position,
          {
            event: "running",
            sequence: position.sequence,
            step,
            steps: 20,
            provider: "cpu",
            losses: [[step + 1, 1, 1, 1]],
          },
          3,
        ),
      (job: Job) => attemptFailed(job, position, { message: "No.", retry: true }, ATTEMPTS, 4),
      (job: Job) => attemptFailed(job, position, { message: "No.", retry: false }, ATTEMPTS, 4),
    ),
  ),
  fc.constantFrom("SUCCEEDED", "FAILED", "CANCELED", "EXPIRED").map((state) => (job: Job) => end(job, state, 5)),
);

test("in any order of transitions, state and attempt never go back, final states are final, and each change of them is audited", () => {
  fc.assert(
    fc.property(fc.array(transition, { maxLength: 60 }), (transitions) => {
      let job = newJob;
      for (const apply of transitions) {
        const change = apply(job);
        if (!change) continue;
        const next = { ...job, ...change.set };
        expect(hasEnded(job)).toBe(false);
        expect(rank(next.state)).toBeGreaterThanOrEqual(rank(job.state));
        expect(next.attempt).toBeGreaterThanOrEqual(job.attempt);
        if (next.attempt === job.attempt) expect(next.sequence).toBeGreaterThanOrEqual(job.sequence);
        expect(change.action !== undefined).toBe(next.state !== job.state || next.attempt !== job.attempt);
        expect(next.finishedAt !== null).toBe(hasEnded(next));
        job = next;
      }
    }),
  );
});

describe("reports", () => {
  const running = { ...newJob, state: "RUNNING" as const, attempt: 2, sequence: 7, reportedAt: new Date(1) };
  test.each([
    ["the next report of the current attempt counts", { attempt: 2, sequence: 8 }, undefined],
    ["a repeated sequence number is ignored", { attempt: 2, sequence: 7 }, "repeated"],
    ["a report of an older attempt is ignored", { attempt: 1, sequence: 99 }, "outdated"],
    ["a report of an attempt that has not begun is ignored", { attempt: 3, sequence: 1 }, "outdated"],
  ] as const)("%s", (_, position, expected) => expect(ignoreReason(running, position)).toBe(expected));

  test("a failed attempt ends the job only if it is the last one or a retry cannot succeed", () => {
    const fail = (job: Job, retry: boolean) =>
      attemptFailed(job, { attempt: job.attempt, sequence: 9 }, { message: "No.", retry }, ATTEMPTS, 4)?.set;
    expect(fail(running, true)).toEqual({ sequence: 9, error: "No.", reportedAt: null });
    expect(fail(running, false)).toMatchObject({ state: "FAILED", error: "No." });
    expect(fail({ ...running, attempt: 3 }, true)).toMatchObject({ state: "FAILED", error: "No." });
  });

  test("a new attempt resumes at the checkpoint's step and keeps the losses up to it", () => {
    const advanced = { ...running, step: 9, losses: [1, 4, 9].map((step): Job["losses"][number] => [step, 1, 1, 1]) };
    expect(beginAttempt({ ...advanced, checkpointStep: 4 }, 3, 1)?.set).toMatchObject({
      attempt: 3,
      sequence: 0,
      step: 4,
      losses: [
        [1, 1, 1, 1],
        [4, 1, 1, 1],
      ],
    });
    expect(beginAttempt(advanced, 3, 1)?.set).toMatchObject({ step: 0, losses: [] });
  });
});

test("a downsampled curve has at most 400 points, including the first and the last", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), (length) => {
      const curve = downsample(Array.from({ length }, (_, i) => [i + 1, 1, 1, 1]));
      expect(curve.length).toBeLessThanOrEqual(400);
      expect([curve[0]?.[0], curve.at(-1)?.[0]]).toEqual([1, length]);
    }),
  );
});
