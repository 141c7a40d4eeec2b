import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import * as v from "valibot";
import { FEATURE_NETS } from "../../models/feature-nets.ts";
import { PROVIDERS, type Provider } from "../engine/provider.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export const HELP = `Usage: node container/server.ts

The job service. It optimizes pictures and trains styles for one Worker. Environment variables:

  SEMBLANCE_ISSUER         the Worker's public URL; only jobs of this Worker are accepted (required)
  HOST                     address to listen on (default: 127.0.0.1)
  PORT                     port to listen on; 0 is any free port (default: 8788)
  SEMBLANCE_PROVIDER       execution provider: ${PROVIDERS.join(", ")}; auto is the first of cuda, webgpu and
                           cpu that starts (default: auto)
  SEMBLANCE_CONCURRENCY    number of jobs that run at once (default: 1 on a GPU, half the threads on a CPU)
  SEMBLANCE_WAITING        number of jobs that can wait in the queue; more are refused with 429 (default: 16)
  SEMBLANCE_DRAIN_SECONDS  after SIGTERM, seconds for jobs to deliver a checkpoint (default: 8)
  SEMBLANCE_LOSS_NET       file of the loss network, ONNX (default: models/build/${FEATURE_NETS[0]!.file},
                           which npm run setup creates)
  SEMBLANCE_PHOTOGRAPHS    folder of photographs for trainings (default: test/fixtures/photos)
  SEMBLANCE_LOG            log level: silent, error, warn, info or debug; one line of JSON per event on standard
                           output (default: info)

GET /healthz shows the execution provider and the load. GET /metrics is for Prometheus. See docs/job-service.md.
`;

const integer = (min: number, max: number) =>
  v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(min), v.maxValue(max));

const Environment = v.object({
  SEMBLANCE_ISSUER: v.pipe(
    v.string(),
    v.url(),
    v.regex(/^https?:/),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  HOST: v.optional(v.pipe(v.string(), v.minLength(1)), "127.0.0.1"),
  PORT: v.optional(integer(0, 65_535), "8788"),
  SEMBLANCE_PROVIDER: v.optional(v.picklist(PROVIDERS), "auto"),
  SEMBLANCE_CONCURRENCY: v.optional(integer(1, 1_024)),
  SEMBLANCE_WAITING: v.optional(integer(0, 10_000), "16"),
  SEMBLANCE_DRAIN_SECONDS: v.optional(integer(0, 3_600), "8"),
  SEMBLANCE_LOSS_NET: v.optional(
    v.pipe(
      v.string(),
      v.check((path) => existsSync(path), "the file does not exist; npm run setup creates the default file"),
    ),
    resolve(ROOT, "models/build", FEATURE_NETS[0]!.file),
  ),
  SEMBLANCE_PHOTOGRAPHS: v.optional(
    v.pipe(
      v.string(),
      v.check((path) => existsSync(path), "the folder does not exist"),
    ),
    resolve(ROOT, "test/fixtures/photos"),
  ),
  SEMBLANCE_LOG: v.optional(v.picklist(["silent", "error", "warn", "info", "debug"]), "info"),
});

export type Settings = v.InferOutput<typeof Environment>;

/** Reads the settings from environment variables. `error`: one line that says which variable is missing or invalid. */
export function readSettings(environment: Record<string, string | undefined>): Settings | { error: string } {
  const nonEmpty = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const read = v.safeParse(Environment, nonEmpty);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const name = v.getDotPath(issue) ?? "";
  return {
    error:
      name in nonEmpty || issue.type === "check"
        ? `${name} is invalid: ${issue.message}.`
        : `${name} is missing. Set it; --help lists all variables.`,
  };
}

/**
 * The default number of jobs that run at once. A GPU runs one graph after another, and two jobs would share its memory. On a CPU, a
 * job uses one thread; the system counts two threads for a core, and they share its arithmetic units.
 */
export const defaultConcurrency = (provider: Provider): number =>
  provider === "cpu" ? Math.max(1, Math.floor(availableParallelism() / 2)) : 1;
