import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change, Job, JobState } from "./jobs.ts";
import { accepted, attemptFailed, beginAttempt, end, hasEnded, ignored, progressed, thinned } from "./transitions.ts";

const fresh: Job = {
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

/** Anything that can befall a job, at any time. */
const event: fc.Arbitrary<(job: Job) => Change | undefined> = fc.oneof(
  fc.nat(4).map((attempt) => (job: Job) => beginAttempt(job, attempt, 1)),
  fc.nat(4).map((attempt) => (job: Job) => accepted(job, attempt, 2)),
  fc.record({ attempt: fc.nat(4), sequence: fc.nat(9), step: fc.nat(20) }).chain(({ step, ...position }) =>
    fc.constantFrom(
      (job: Job) => progressed(job, position, { event: "queued", sequence: position.sequence, step: 0, steps: 0 }, 3),
      (job: Job) =>
        progressed(
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

test("whatever happens, in whatever order: no state and no attempt goes back, an end is final, and each is audited", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let job = fresh;
      for (const happens of events) {
        const change = happens(job);
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

describe("what counts", () => {
  const running = { ...fresh, state: "RUNNING" as const, attempt: 2, sequence: 7, reportedAt: new Date(1) };
  test.each([
    ["the next of the attempt underway", { attempt: 2, sequence: 8 }, undefined],
    ["what came before", { attempt: 2, sequence: 7 }, "repeated"],
    ["an older attempt", { attempt: 1, sequence: 99 }, "over"],
    ["an attempt that was never begun", { attempt: 3, sequence: 1 }, "over"],
  ] as const)("%s", (_, position, expected) => expect(ignored(running, position)).toBe(expected));

  test("an attempt that gave up ends the job only where it is the last, or no other would do", () => {
    const give = (job: Job, retry: boolean) =>
      attemptFailed(job, { attempt: job.attempt, sequence: 9 }, { message: "No.", retry }, ATTEMPTS, 4)?.set;
    expect(give(running, true)).toEqual({ sequence: 9, error: "No.", reportedAt: null });
    expect(give(running, false)).toMatchObject({ state: "FAILED", error: "No." });
    expect(give({ ...running, attempt: 3 }, true)).toMatchObject({ state: "FAILED", error: "No." });
  });

  test("a new attempt goes on from the checkpoint's step, and the curve with it", () => {
    const far = { ...running, step: 9, losses: [1, 4, 9].map((step): Job["losses"][number] => [step, 1, 1, 1]) };
    expect(beginAttempt({ ...far, checkpointStep: 4 }, 3, 1)?.set).toMatchObject({
      attempt: 3,
      sequence: 0,
      step: 4,
      losses: [
        [1, 1, 1, 1],
        [4, 1, 1, 1],
      ],
    });
    expect(beginAttempt(far, 3, 1)?.set).toMatchObject({ step: 0, losses: [] });
  });
});

test("a curve has at most 400 points, its first and its last among them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), (length) => {
      const curve = thinned(Array.from({ length }, (_, i) => [i + 1, 1, 1, 1]));
      expect(curve.length).toBeLessThanOrEqual(400);
      expect([curve[0]?.[0], curve.at(-1)?.[0]]).toEqual([1, length]);
    }),
  );
});
