import { quantile } from "../../bench/measure.ts";
import { isErrorCode } from "../../workers/graphql/errors.ts";
import { sampleIsolate } from "../peak-memory.ts";
import type { Target } from "../target.ts";
import type { Input, Kind, Senders } from "./inputs.ts";

/** An input that caused a forbidden result, such as a crash or an INTERNAL error. */
export interface Finding {
  index: number;
  kind: Kind;
  what: string;
  input: Input;
}

interface KindReport {
  inputs: number;
  /** Count of each outcome: the error's code or, without an error, the HTTP status. */
  outcomes: Record<string, number>;
  /** Milliseconds, while other inputs are in flight. */
  p95: number;
  slowest: { index: number; millis: number };
}

export interface FuzzReport {
  inputs: number;
  seconds: number;
  kinds: Record<Kind, KindReport>;
  findings: Finding[];
  /** Minimum memory of the isolate in each 15 seconds, in MB. */
  minimumMemory: number[];
  /** Description of the memory growth; undefined if there is none. */
  growth?: string;
}

export interface FuzzOptions {
  inputOf: (index: number) => Input;
  senders: Senders;
  /** The run ends after this number of inputs or milliseconds, whichever comes first. */
  inputs: number;
  millis: number;
  first?: number;
  onProgress?: (done: number, findings: number) => void;
  onFinding?: (finding: Finding) => void;
}

const IN_FLIGHT = 16;
/** An input without an answer after this time counts as a hang. */
const TIMEOUT_MS = 30_000;
/** Only the smallest sample of each window is recorded, because it has the least garbage. A forced garbage collection would delay all requests. */
const MEMORY_EVERY_MS = 250;
const WINDOW_MS = 15_000;
/** Maximum number of recorded findings of the same kind. Further ones only count as outcomes. */
const MAX_ALIKE = 5;

/** Sends inputs until the count or the time is reached. After a crash or a hang, the inputs that were in flight are resent one by one. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzReport> {
  const { inputOf, senders, first = 0, onProgress, onFinding } = options;
  const start = performance.now();
  const end = start + options.millis;
  const last = first + options.inputs;
  const findings: Finding[] = [];
  const alike = new Map<string, number>();
  const tally = new Map<Kind, Omit<KindReport, "inputs" | "p95"> & { millis: number[] }>();
  const memory: number[] = [];
  let next = first;

  const recordFinding = (index: number, input: Input, what: string) => {
    const signature = `${input.kind} ${what}`;
    const before = alike.get(signature) ?? 0;
    alike.set(signature, before + 1);
    if (before >= MAX_ALIKE) return;
    const finding = { index, kind: input.kind, what, input };
    findings.push(finding);
    onFinding?.(finding);
  };

  /** Sends one input. Returns true if the server crashed or hangs. */
  const run = async (index: number): Promise<boolean> => {
    const input = inputOf(index);
    const begun = performance.now();
    const { outcome, fault } = await send(target.url, input, senders);
    const kindTally = tally.get(input.kind) ?? { outcomes: {}, millis: [], slowest: { index, millis: 0 } };
    kindTally.outcomes[outcome] = (kindTally.outcomes[outcome] ?? 0) + 1;
    const millis = performance.now() - begun;
    kindTally.millis.push(millis);
    if (millis > kindTally.slowest.millis) kindTally.slowest = { index, millis };
    tally.set(input.kind, kindTally);
    if (fault !== undefined) recordFinding(index, input, fault);
    return outcome === BROKEN || outcome === NO_ANSWER;
  };

  /** Finds which of several inputs made the server fail. */
  const findCause = async (suspects: number[]): Promise<void> => {
    await target.restart();
    let isCauseFound = false;
    for (const index of suspects) {
      const input = inputOf(index);
      const { outcome } = await send(target.url, input, senders);
      if (outcome !== BROKEN && outcome !== NO_ANSWER) continue;
      isCauseFound = true;
      recordFinding(index, input, outcome === BROKEN ? "crash" : "hang");
      await target.restart();
    }
    if (!isCauseFound) {
      const [index] = suspects;
      if (index !== undefined)
        recordFinding(
          index,
          inputOf(index),
          `the server failed, but none of the inputs ${suspects.join(", ")} makes it fail when it is sent alone`,
        );
    }
  };

  while (next < last && performance.now() < end) {
    const suspects: number[] = [];
    let failed = false;
    const sampling = await sampleIsolate(target, MEMORY_EVERY_MS, (bytes) => {
      const window = Math.floor((performance.now() - start) / WINDOW_MS);
      memory[window] = Math.min(memory[window] ?? Number.POSITIVE_INFINITY, bytes / 2 ** 20);
    });
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        while (!failed && next < last && performance.now() < end) {
          const index = next++;
          if (await run(index)) {
            failed = true;
            suspects.push(index);
          }
          onProgress?.(next - first, findings.length);
        }
      }),
    );
    await sampling.stop();
    if (failed) await findCause(suspects.toSorted((a, b) => a - b));
  }
  const kinds = Object.fromEntries(
    [...tally].map(([kind, { millis, ...rest }]) => [
      kind,
      { ...rest, inputs: millis.length, p95: quantile(millis, 0.95) },
    ]),
  ) as Record<Kind, KindReport>;
  const windows = memory.filter((megabytes) => megabytes !== undefined);
  const growth = growthOf(windows);
  return {
    inputs: next - first,
    seconds: (performance.now() - start) / 1_000,
    kinds,
    findings,
    minimumMemory: windows,
    ...(growth === undefined ? {} : { growth }),
  };
}

const BROKEN = "connection broken";
const NO_ANSWER = "no answer";

/** The outcome of an input, and the fault if there is one. */
interface SendResult {
  outcome: string;
  fault?: string;
}

export async function send(url: string, { sender, headers, body }: Input, senders: Senders): Promise<SendResult> {
  const authorization = senders[sender];
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/graphql`, {
      method: "POST",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { ...headers, ...(authorization === "" ? {} : { authorization }) },
      body: new Uint8Array(body),
    });
    text = await response.text();
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return { outcome: isTimeout ? NO_ANSWER : BROKEN };
  }
  const errors = errorsIn(text);
  const codes = errors.map(({ extensions }) => String(extensions?.code));
  const outcome = codes[0] ?? String(response.status);
  const failed = errors.find(({ extensions }) => extensions?.code === "INTERNAL");
  if (failed) return { outcome: "INTERNAL", fault: `INTERNAL at ${failed.path?.[0] ?? "no field"}` };
  if (response.status >= 500) return { outcome, fault: `HTTP ${response.status}` };
  const unknownCode = codes.find((code) => !isErrorCode(code));
  if (unknownCode !== undefined) return { outcome, fault: `an error with the code ${unknownCode}` };
  return { outcome };
}

interface GraphQLErrors {
  errors?: { path?: string[]; extensions?: { code?: string } }[];
}

function errorsIn(text: string): NonNullable<GraphQLErrors["errors"]> {
  try {
    return (JSON.parse(text) as GraphQLErrors)?.errors ?? [];
  } catch {
    return [];
  }
}

/** Smaller growth can be chance. */
const MIN_GROWTH_MB = 16;
/** Three minutes. Fewer windows are not enough for a result. */
const MIN_WINDOWS = 12;

/**
 * Memory grows if the smallest value in the last quarter of a run is at least 16 MB above the largest value in the second quarter.
 * The first quarter does not count, because caches fill and codecs start.
 */
export function growthOf(megabytes: readonly number[]): string | undefined {
  if (megabytes.length < MIN_WINDOWS) return undefined;
  const quarter = Math.floor(megabytes.length / 4);
  const before = Math.max(...megabytes.slice(quarter, 2 * quarter));
  const after = Math.min(...megabytes.slice(-quarter));
  return after - before >= MIN_GROWTH_MB
    ? `the isolate had at most ${before.toFixed(0)} MB in the second quarter and at least ${after.toFixed(0)} MB in the last`
    : undefined;
}
