import { pino } from "pino";
import type { AttemptOutcome } from "./attempt-outcome.ts";

/**
 * All fields of a log line. The type is closed, so that no token, URL or picture can be logged by mistake.
 */
interface LogEntry {
  event:
    | "listening"
    | "dispatch"
    | "job.started"
    | "job.made"
    | "job.ended"
    | "report.retried"
    | "report.refused"
    | "draining"
    | "stopped"
    | "fault";
  jobId?: string;
  attempt?: number;
  kind?: string;
  /** The HTTP status of the response to a dispatch. */
  status?: number;
  /** The event of a report, or the name of an artifact. */
  report?: string;
  outcome?: AttemptOutcome["kind"];
  provider?: string;
  port?: number;
  concurrency?: number;
  running?: number;
  waiting?: number;
  ms?: number;
  cpuMs?: number;
  peakRssMb?: number;
  /** The name of an error, or the code of a system error such as ECONNREFUSED; never its message. */
  reason?: string;
  /** The error message of a job's process. */
  words?: string;
}

type Level = "debug" | "info" | "warn" | "error";
export type Log = (level: Level, entry: LogEntry) => void;

/** Writes one line of JSON per entry to standard output. */
export function openLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return (severity, entry) => logger[severity](entry);
}

/** What can be logged of any error: the code of its cause or its own code, else its name. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
