import type { Report } from "../../schema/protocol/report.ts";
import { DivergedError } from "../engine/diverged.ts";
import { JobDiedError, JobFailedError } from "../jobs.ts";
import type { Encoded } from "../pictures/encode.ts";

/** Why an attempt stops before it is done. These values appear in metrics and in the log. */
export type StopReason =
  /** The Worker's acknowledgement had `stop`: the job was canceled, has ended, or belongs to another attempt. */
  | "canceled"
  /** A newer attempt of the same job was accepted. */
  | "superseded"
  /** The service is shutting down. */
  | "draining"
  /** The job's deadline has passed. */
  | "expired"
  /** The Worker refuses all reports of this attempt. */
  | "unheard";

/** The abort reason of an attempt's signal. */
export class StoppedError extends Error {
  override name = "StoppedError";
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`The attempt was stopped: ${reason}.`);
    this.reason = reason;
  }
}

/** An input could not be fetched. `retry`: another attempt, which gets new URLs, can succeed. */
export class InputError extends Error {
  override name = "InputError";
  readonly retry: boolean;

  constructor(message: string, retry: boolean) {
    super(message);
    this.retry = retry;
  }
}

type Delivered = Extract<Report, { event: "succeeded" }>["delivered"];
type Traits = Extract<Delivered, { kind: "trainStyle" }>["traits"];

export type AttemptOutcome =
  | { kind: "painted"; picture: Encoded }
  | { kind: "trained"; net: Uint8Array; thumbnail: Encoded; traits: Traits }
  | { kind: "failed"; message: string; retry: boolean }
  | { kind: StopReason };

/**
 * The outcome of an attempt that ended with an error: a message for a person, and whether another attempt can succeed. The message
 * contains no paths and no stack traces.
 */
export function outcomeOfError(error: unknown): AttemptOutcome {
  if (error instanceof StoppedError) return { kind: error.reason };
  if (error instanceof InputError) return { kind: "failed", message: error.message, retry: error.retry };
  if (error instanceof DivergedError) return { kind: "failed", message: error.message, retry: false };
  if (error instanceof JobFailedError) return outcomeOfFailedJob(error);
  if (error instanceof JobDiedError)
    return {
      kind: "failed",
      message:
        "The job's process was killed, which the system does when memory runs out. Start the job again with a smaller picture.",
      retry: true,
    };
  return { kind: "failed", message: "Something went wrong in the job service. Start the job again.", retry: true };
}

function outcomeOfFailedJob({ reason, message }: JobFailedError): AttemptOutcome {
  switch (reason) {
    case "BadPictureError":
      return { kind: "failed", message, retry: false };
    case "UnknownLayerError":
      return { kind: "failed", message: `${message} Choose contentLayer and styleLayers among them.`, retry: false };
    default:
      // A fault of the host rather than of the job. The log has the message for the operator.
      return {
        kind: "failed",
        message: `The job service failed with ${reason}. Start the job again. If it fails again, contact the operator of the service.`,
        retry: true,
      };
  }
}
