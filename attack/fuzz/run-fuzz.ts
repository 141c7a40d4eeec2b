import { quantile } from "../../bench/measure.ts";
import { isErrorCode } from "../../workers/graphql/errors.ts";
import { sampleIsolate } from "../peak-memory.ts";
import type { Target } from "../target.ts";
import type { Input, Kind, Senders } from "./inputs.ts";

/** An input that was answered as none may be. */
export interface Finding {
  index: number;
  kind: Kind;
  what: string;
  input: Input;
}

interface KindReport {
  inputs: number;
  /** How often each outcome came: the error's code, or else the HTTP status. */
  outcomes: Record<string, number>;
  /** Milliseconds, with others in flight. */
  p95: number;
  slowest: { index: number; millis: number };
}

export interface FuzzReport {
  inputs: number;
  seconds: number;
  kinds: Record<Kind, KindReport>;
  findings: Finding[];
  /** The least that the isolate held in each 15 seconds, in MB. */
  memory: number[];
  /** Why memory is taken to grow; undefined where it does not. */
  growth?: string;
}

export interface FuzzOptions {
  inputOf: (index: number) => Input;
  senders: Senders;
  /** It ends after so many inputs or so many milliseconds, whichever comes first. */
  inputs: number;
  millis: number;
  first?: number;
  progress?: (done: number, findings: number) => void;
  found?: (finding: Finding) => void;
}

const IN_FLIGHT = 16;
/** No answer by then is a hang. */
const LIMIT_MS = 30_000;
/** Of each window the least sample is kept: dead objects are gone from it. To collect garbage would hold everybody up. */
const MEMORY_EVERY_MS = 250;
const WINDOW_MS = 15_000;
/** Of one kind of finding so many are kept: the rest are counted among the outcomes. */
const MOST_ALIKE = 5;

/** Sends inputs until the count or the time is reached. After a crash or a hang, those that were in flight are sent again one by one. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<FuzzReport> {
  const { inputOf, senders, first = 0, progress, found } = options;
  const start = performance.now();
  const end = start + options.millis;
  const last = first + options.inputs;
  const findings: Finding[] = [];
  const alike = new Map<string, number>();
  const tally = new Map<Kind, Omit<KindReport, "inputs" | "p95"> & { millis: number[] }>();
  const memory: number[] = [];
  let next = first;

  const note = (index: number, input: Input, what: string) => {
    const signature = `${input.kind} ${what}`;
    const before = alike.get(signature) ?? 0;
    alike.set(signature, before + 1);
    if (before >= MOST_ALIKE) return;
    const finding = { index, kind: input.kind, what, input };
    findings.push(finding);
    found?.(finding);
  };

  /** Sends one; true where the server has to be looked at. */
  const run = async (index: number): Promise<boolean> => {
    const input = inputOf(index);
    const begun = performance.now();
    const { outcome, fault } = await send(target.url, input, senders);
    const counted = tally.get(input.kind) ?? { outcomes: {}, millis: [], slowest: { index, millis: 0 } };
    counted.outcomes[outcome] = (counted.outcomes[outcome] ?? 0) + 1;
    const millis = performance.now() - begun;
    counted.millis.push(millis);
    if (millis > counted.slowest.millis) counted.slowest = { index, millis };
    tally.set(input.kind, counted);
    if (fault !== undefined) note(index, input, fault);
    return outcome === BROKEN || outcome === HANGING;
  };

  /** Finds which of several inputs it was that the server did not survive. */
  const single = async (suspects: number[]): Promise<void> => {
    await target.restart();
    let guilty = false;
    for (const index of suspects) {
      const input = inputOf(index);
      const { outcome } = await send(target.url, input, senders);
      if (outcome !== BROKEN && outcome !== HANGING) continue;
      guilty = true;
      note(index, input, outcome === BROKEN ? "crash" : "hang");
      await target.restart();
    }
    if (!guilty) {
      const [index] = suspects;
      if (index !== undefined)
        note(
          index,
          inputOf(index),
          `the server failed, and none of the inputs ${suspects.join(", ")} makes it fail by itself`,
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
          progress?.(next - first, findings.length);
        }
      }),
    );
    await sampling.stop();
    if (failed) await single(suspects.toSorted((a, b) => a - b));
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
    memory: windows,
    ...(growth === undefined ? {} : { growth }),
  };
}

const BROKEN = "connection broken";
const HANGING = "no answer";

/** What an answer comes to, and what is wrong with it. */
interface Answered {
  outcome: string;
  fault?: string;
}

export async function send(url: string, { sender, headers, body }: Input, senders: Senders): Promise<Answered> {
  const authorization = senders[sender];
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/graphql`, {
      method: "POST",
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: { ...headers, ...(authorization === "" ? {} : { authorization }) },
      body: new Uint8Array(body),
    });
    text = await response.text();
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    return { outcome: late ? HANGING : BROKEN };
  }
  const errors = errorsIn(text);
  const codes = errors.map(({ extensions }) => String(extensions?.code));
  const outcome = codes[0] ?? String(response.status);
  const failed = errors.find(({ extensions }) => extensions?.code === "INTERNAL");
  if (failed) return { outcome: "INTERNAL", fault: `INTERNAL at ${failed.path?.[0] ?? "no field"}` };
  if (response.status >= 500) return { outcome, fault: `HTTP ${response.status}` };
  const strange = codes.find((code) => !isErrorCode(code));
  if (strange !== undefined) return { outcome, fault: `an error with the code ${strange}` };
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

/** A rise that is less than this may be chance, in MB. */
const LEAST_GROWTH = 16;
/** Three minutes: fewer windows say nothing. */
const LEAST_WINDOWS = 12;

/**
 * Memory grows when even the least that was held in the last quarter of a run is more than the most that was held in the second
 * quarter, by at least 16 MB. The first quarter does not count: caches and codecs fill.
 */
export function growthOf(megabytes: readonly number[]): string | undefined {
  if (megabytes.length < LEAST_WINDOWS) return undefined;
  const quarter = Math.floor(megabytes.length / 4);
  const before = Math.max(...megabytes.slice(quarter, 2 * quarter));
  const after = Math.min(...megabytes.slice(-quarter));
  return after - before >= LEAST_GROWTH
    ? `the isolate held at most ${before.toFixed(0)} MB in the second quarter and at least ${after.toFixed(0)} MB in the last`
    : undefined;
}
