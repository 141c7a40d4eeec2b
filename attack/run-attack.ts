import { setTimeout as later } from "node:timers/promises";
import { quantile } from "../bench/measure.ts";
import { workerdBelow } from "../bench/processes.ts";
import { DETECT } from "../bench/requests.ts";
import type { Arena } from "./attack-context.ts";
import type { Attack } from "./attacks/attack.ts";
import { keepVerifying, type Served } from "./bystander.ts";
import { type Held, watchMemory } from "./peak-memory.ts";
import { sendHostile } from "./hostile-request.ts";
import { upload } from "./multipart.ts";

/** What an isolate may hold on Cloudflare, in bytes. */
const ISOLATE_LIMIT = 128 * 2 ** 20;
/**
 * What the workerd processes may grow by, in bytes. While the isolate computes it cannot be asked what it holds; its process can be. The
 * process also holds the bodies of requests, on both sides of wrangler's proxy, and memory that V8 has not given back.
 */
const PROCESS_LIMIT = 256 * 2 ** 20;
/** The others' p95 may be so many times its idle value. */
const SLOWDOWN_LIMIT = 3;
/** The bystander verifies for so long before the attack begins. */
const HEAD_START_MS = 1_500;
const SETTLE_LIMIT_MS = 15_000;
const BACKLOG_LIMIT_MS = 120_000;
/** A verify that takes at most so many times the idle p95 is as quick as when idle. */
const SETTLED = 2;

const AFTER_WHICH_TO_RESTART = /could not be read|crashed|does not answer|unanswered/;

/** What a time of quiet, or an attack, did to the others. */
export interface Observed {
  held: Held;
  served: Served;
  /** Milliseconds. */
  p95: number;
}

export interface AttackReport extends Observed {
  name: string;
  /** How often each outcome came. */
  outcomes: Record<string, number>;
  /** Why the attack succeeded; empty where it failed, as it should. */
  problems: string[];
}

/** Observes the bystander and the memory for at least so many seconds while something is done. */
export async function observe(context: Arena, seconds: number, work: () => Promise<void>): Promise<Observed> {
  const memory = await watchMemory(context.target);
  const verifying = keepVerifying(context.bystander);
  const end = performance.now() + seconds * 1_000;
  await later(HEAD_START_MS);
  try {
    await work();
  } finally {
    await later(Math.max(0, end - performance.now()));
  }
  const served = await verifying.stop();
  return { served, held: await memory.stop(), p95: quantile(served.millis, 0.95) };
}

/** Runs an attack while the bystander verifies. A server that it has brought down is started again. `idleP95` in milliseconds. */
export async function runAttack(
  context: Arena,
  attack: Attack,
  { seconds, idleP95 }: { seconds: number; idleP95: number },
): Promise<AttackReport> {
  const outcomes: Record<string, number> = {};
  const processes = workerdBelow(context.target.pid).join();
  const observed = await observe(context, seconds, async () => {
    for (const { outcome } of await attack.run(context)) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  const { held, p95 } = observed;
  const crashed = workerdBelow(context.target.pid).join() !== processes;
  const problems: string[] = [];
  const unexpected = Object.keys(outcomes).filter((outcome) => !attack.expected.includes(outcome));
  if (unexpected.length > 0) problems.push(`unexpected outcome: ${unexpected.join(", ")}`);
  if (attack.needed !== undefined && !(attack.needed in outcomes)) problems.push(`${attack.needed} never came`);
  problems.push(...harm(observed));
  if (p95 > SLOWDOWN_LIMIT * idleP95) problems.push(`p95 is ${(p95 / idleP95).toFixed(1)} × idle`);
  if (held.isolate === 0) problems.push("the isolate's memory could not be read");
  if (crashed) problems.push("workerd crashed");
  if (!(await context.target.answers())) problems.push("the server does not answer");
  // After a crash, or while it is stuck, nothing that follows could be judged.
  if (problems.some((problem) => AFTER_WHICH_TO_RESTART.test(problem))) await context.target.restart();
  await settle(context, idleP95);
  return { name: attack.name, outcomes, problems, ...observed };
}

/** What others must not notice, whatever is done: in words. */
export function harm({ served, held }: Observed): string[] {
  const problems: string[] = [];
  if (served.answered < served.sent) problems.push(`${served.sent - served.answered} verifies unanswered`);
  if (held.isolate > ISOLATE_LIMIT) problems.push("isolate over 128 MB");
  if (held.process > PROCESS_LIMIT) problems.push("process grew by more than 256 MB");
  return problems;
}

/**
 * Waits until what the attacker asked for is done, and verifies are as quick as when idle: what one attack leaves must not be put down to
 * the next. After two minutes, and 15 seconds, it goes on all the same.
 */
async function settle({ bystander, target, attacker, crowd }: Arena, idleP95: number): Promise<void> {
  // A tenant's pictures of crowds are looked at in the order in which they came, so this one is the last.
  const { headers, body } = upload(DETECT, { image: null, maxFaces: 100 }, "variables.image", crowd);
  const authorization = `Bearer ${attacker.key}`;
  await sendHostile(target.url, { headers: { ...headers, authorization }, body, limitMs: BACKLOG_LIMIT_MS });
  const end = performance.now() + SETTLE_LIMIT_MS;
  while (performance.now() < end) {
    const verifying = keepVerifying(bystander);
    await later(HEAD_START_MS);
    const { millis } = await verifying.stop();
    if (Math.max(...millis) <= SETTLED * idleP95) return;
  }
}
