import { pino } from "pino";
import type { Ending } from "./ending.ts";

/**
 * All that a line of the log may say. The set is closed, so that no token, address or picture can get into it: what is not here
 * cannot be logged.
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
  /** What a dispatch was answered. */
  status?: number;
  /** What was to be told: an event of a report, or the name of an artifact. */
  told?: string;
  outcome?: Ending["kind"];
  provider?: string;
  port?: number;
  concurrency?: number;
  running?: number;
  waiting?: number;
  ms?: number;
  cpuMs?: number;
  peakRssMb?: number;
  /** The name of an error of ours, or the code of one of the system's, such as ECONNREFUSED; never its message. */
  reason?: string;
  /** What a job's process said of what went wrong in it. */
  words?: string;
}

type Level = "debug" | "info" | "warn" | "error";
export type Log = (level: Level, entry: LogEntry) => void;

/** One line of JSON on the standard output. */
export function openLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return (severity, entry) => logger[severity](entry);
}

/** What may be told of an error that is not ours: its code and its cause's, or its name. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
