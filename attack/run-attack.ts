import { setTimeout as delay } from "node:timers/promises";
import { quantile } from "../bench/measure.ts";
import { workerdBelow } from "../bench/processes.ts";
import { DETECT } from "../bench/requests.ts";
import type { AttackContext } from "./attack-context.ts";
import type { Attack } from "./attacks/attack.ts";
import { keepVerifying, type VerificationStats } from "./bystander.ts";
import { sendHostile } from "./hostile-request.ts";
import { upload } from "./multipart.ts";
import { type PeakMemory, watchMemory } from "./peak-memory.ts";

/** Memory limit of an isolate on Cloudflare, in bytes. */
const ISOLATE_LIMIT = 128 * 2 ** 20;
/**
 * Limit for the growth of the workerd processes, in bytes. The memory of a process can be measured even while its isolate computes and does
 * not answer. It includes the bodies of requests on both sides of wrangler's proxy, and memory that V8 has not released.
 */
const PROCESS_LIMIT = 256 * 2 ** 20;
/** Limit for the other tenant's p95, as a multiple of its idle value. */
const SLOWDOWN_LIMIT = 3;
/** How long the bystander verifies before the attack begins. */
const HEAD_START_MS = 1_500;
const SETTLE_TIMEOUT_MS = 15_000;
const BACKLOG_TIMEOUT_MS = 120_000;
/** The server counts as idle if a verification takes at most this multiple of the idle p95. */
const SETTLED_SLOWDOWN = 2;

const NEEDS_RESTART = /could not be read|crashed|does not answer|unanswered/;

/** What was measured without or during an attack. */
export interface Observation {
  memory: PeakMemory;
  verifications: VerificationStats;
  /** Milliseconds. */
  p95: number;
}

export interface AttackReport extends Observation {
  name: string;
  /** Count of each outcome. */
  outcomes: Record<string, number>;
  /** Why the attack succeeded; empty if it failed. */
  problems: string[];
}

/** Measures the bystander and the memory while `work` runs, for at least `seconds`. */
export async function observe(
  context: AttackContext,
  seconds: number,
  work: () => Promise<void>,
): Promise<Observation> {
  const memory = await watchMemory(context.target);
  const verifying = keepVerifying(context.bystander);
  const end = performance.now() + seconds * 1_000;
  await delay(HEAD_START_MS);
  try {
    await work();
  } finally {
    await delay(Math.max(0, end - performance.now()));
  }
  const verifications = await verifying.stop();
  return { verifications, memory: await memory.stop(), p95: quantile(verifications.millis, 0.95) };
}

/** Runs an attack while the bystander verifies. Restarts a server that crashed or hangs. `idleP95` is in milliseconds. */
export async function runAttack(
  context: AttackContext,
  attack: Attack,
  { seconds, idleP95 }: { seconds: number; idleP95: number },
): Promise<AttackReport> {
  const outcomes: Record<string, number> = {};
  const processes = workerdBelow(context.target.pid).join();
  const observation = await observe(context, seconds, async () => {
    for (const { outcome } of await attack.run(context)) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  const { p95 } = observation;
  const crashed = workerdBelow(context.target.pid).join() !== processes;
  const problems: string[] = [];
  const unexpected = Object.keys(outcomes).filter((outcome) => !attack.expected.includes(outcome));
  if (unexpected.length > 0) problems.push(`unexpected outcome: ${unexpected.join(", ")}`);
  if (attack.required !== undefined && !(attack.required in outcomes))
    problems.push(`${attack.required} was never returned`);
  problems.push(...exceededLimits(observation, attack.processLimit));
  if (p95 > SLOWDOWN_LIMIT * idleP95) problems.push(`p95 is ${(p95 / idleP95).toFixed(1)} × idle`);
  if (observation.memory.isolate === 0) problems.push("the isolate's memory could not be read");
  if (crashed) problems.push("workerd crashed");
  if (!(await context.target.isAnswering())) problems.push("the server does not answer");
  // After a crash or a hang, later attacks could not be measured.
  if (problems.some((problem) => NEEDS_RESTART.test(problem))) await context.target.restart();
  await waitUntilIdle(context, idleP95);
  return { name: attack.name, outcomes, problems, ...observation };
}

/** Which limits were exceeded, in words. `processLimit` is in bytes. */
export function exceededLimits({ verifications, memory }: Observation, processLimit = PROCESS_LIMIT): string[] {
  const problems: string[] = [];
  if (verifications.answered < verifications.sent)
    problems.push(`${verifications.sent - verifications.answered} verifications unanswered`);
  if (memory.isolate > ISOLATE_LIMIT) problems.push("isolate over 128 MB");
  if (memory.process > processLimit) problems.push(`process grew by more than ${processLimit / 2 ** 20} MB`);
  return problems;
}

/**
 * Waits until the attacker's requests are done and verifications are as fast as on the idle server, so that the next attack is not blamed for
 * this one. Waits at most two minutes for the requests, then at most 15 seconds.
 */
async function waitUntilIdle({ bystander, target, attacker, crowd }: AttackContext, idleP95: number): Promise<void> {
  // A tenant's pictures of crowds are processed in the order of arrival, so this one is processed last.
  const { headers, body } = upload(DETECT, { image: null, maxFaces: 100 }, "variables.image", crowd);
  const authorization = `Bearer ${attacker.key}`;
  await sendHostile(target.url, { headers: { ...headers, authorization }, body, timeoutMs: BACKLOG_TIMEOUT_MS });
  const end = performance.now() + SETTLE_TIMEOUT_MS;
  while (performance.now() < end) {
    const verifying = keepVerifying(bystander);
    await delay(HEAD_START_MS);
    const { millis } = await verifying.stop();
    if (Math.max(...millis) <= SETTLED_SLOWDOWN * idleP95) return;
  }
}
