import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import * as v from "valibot";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { PROVIDERS, type Provider } from "../engine/provider.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export const HELP = `node container/server.ts: the job service. It optimises pictures and trains styles for one Worker.

  SEMBLANCE_ISSUER       the Worker's public address, the only one that is obeyed (required)
  HOST, PORT             where it listens (127.0.0.1, 8788; port 0: any that is free)
  SEMBLANCE_PROVIDER     ${PROVIDERS.join(", ")}: what reckons (auto: the first of cuda, webgpu and cpu that starts)
  SEMBLANCE_CONCURRENCY  jobs at once (on a GPU 1, on the CPU half its threads)
  SEMBLANCE_WAITING      accepted jobs that may wait for their turn; more are refused as busy (16)
  SEMBLANCE_DRAIN_SECONDS  after SIGTERM, how long jobs have to deliver what they reached (8)
  SEMBLANCE_LOSS_NET     the loss network, ONNX (models/build/${FEATURE_NETS[0]!.file}, which npm run setup makes)
  SEMBLANCE_PHOTOGRAPHS  a folder of photographs that trainings learn on (test/fixtures/photos)
  SEMBLANCE_LOG          silent, error, warn, info or debug (info): JSON, a line each, on the standard output

GET /healthz says what reckons and how busy it is, GET /metrics is for Prometheus; docs/job-service.md says the rest.
`;

const count = (least: number, most: number) =>
  v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(least), v.maxValue(most));

const Environment = v.object({
  SEMBLANCE_ISSUER: v.pipe(
    v.string(),
    v.url(),
    v.regex(/^https?:/),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  HOST: v.optional(v.pipe(v.string(), v.minLength(1)), "127.0.0.1"),
  PORT: v.optional(count(0, 65_535), "8788"),
  SEMBLANCE_PROVIDER: v.optional(v.picklist(PROVIDERS), "auto"),
  SEMBLANCE_CONCURRENCY: v.optional(count(1, 1_024)),
  SEMBLANCE_WAITING: v.optional(count(0, 10_000), "16"),
  SEMBLANCE_DRAIN_SECONDS: v.optional(count(0, 3_600), "8"),
  SEMBLANCE_LOSS_NET: v.optional(
    v.pipe(
      v.string(),
      v.check((path) => existsSync(path), "there is no such file; npm run setup makes the usual one"),
    ),
    resolve(ROOT, "models/build", FEATURE_NETS[0]!.file),
  ),
  SEMBLANCE_PHOTOGRAPHS: v.optional(
    v.pipe(
      v.string(),
      v.check((path) => existsSync(path), "there is no such folder"),
    ),
    resolve(ROOT, "test/fixtures/photos"),
  ),
  SEMBLANCE_LOG: v.optional(v.picklist(["silent", "error", "warn", "info", "debug"]), "info"),
});

export type Settings = v.InferOutput<typeof Environment>;

/** What the environment says, or in one line what of it cannot be used. */
export function readSettings(environment: Record<string, string | undefined>): Settings | { unusable: string } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const read = v.safeParse(Environment, given);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const name = v.getDotPath(issue) ?? "";
  return {
    unusable:
      name in given || issue.type === "check"
        ? `${name} cannot be used: ${issue.message}.`
        : `${name} is missing: see --help for what it is.`,
  };
}

/**
 * Jobs at once where nobody said how many. A GPU runs one graph after another, and two jobs on it would halve its memory. On the
 * CPU a job has one thread; the system counts two for a core whose arithmetic they share.
 */
export const concurrencyOn = (provider: Provider): number =>
  provider === "cpu" ? Math.max(1, Math.floor(availableParallelism() / 2)) : 1;
