import type { Report } from "../../schema/protocol/report.ts";
import { DivergedError } from "../engine/diverged.ts";
import { JobDiedError, JobFailedError } from "../jobs.ts";
import type { Encoded } from "../pictures/encode.ts";

/** Why an attempt is to stop before it is done. */
export type StopReason =
  /** The Worker says so: it was cancelled, has ended, or another attempt has it. */
  | "canceled"
  /** A newer attempt of the same job has come. */
  | "superseded"
  /** The service is to end. */
  | "draining"
  /** The job's deadline has passed. */
  | "expired"
  /** The Worker does not take this attempt's reports any more. */
  | "unheard";

/** What an attempt's signal is aborted with. */
export class StoppedError extends Error {
  override name = "StoppedError";
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`The attempt is stopped: ${why}.`);
    this.why = why;
  }
}

/** An input could not be had. `retry`: with new addresses it may be. */
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

/** How an attempt ends. */
export type Ending =
  | { kind: "painted"; picture: Encoded }
  | { kind: "trained"; net: Uint8Array; thumbnail: Encoded; traits: Traits }
  | { kind: "failed"; message: string; retry: boolean }
  | { kind: StopReason };

/** What a person is told of an error, and whether another attempt may do better. Paths and stacks stay here. */
export function endingOf(error: unknown): Ending {
  if (error instanceof StoppedError) return { kind: error.why };
  if (error instanceof InputError) return { kind: "failed", message: error.message, retry: error.retry };
  if (error instanceof DivergedError) return { kind: "failed", message: error.message, retry: false };
  if (error instanceof JobFailedError) return failed(error);
  if (error instanceof JobDiedError)
    return {
      kind: "failed",
      message:
        "The job's process was ended from outside, as systems do when memory runs out. Ask for a smaller picture.",
      retry: true,
    };
  return { kind: "failed", message: "Something went wrong in the job service. Start the job again.", retry: true };
}

function failed({ reason, message }: JobFailedError): Ending {
  switch (reason) {
    case "BadPictureError":
      return { kind: "failed", message, retry: false };
    case "UnknownLayerError":
      return { kind: "failed", message: `${message} Choose contentLayer and styleLayers among them.`, retry: false };
    default:
      // Of the host rather than of the job: its operator finds the words in the log.
      return {
        kind: "failed",
        message: `The job service could not do the job (${reason}). Start it again, or tell whoever runs the service.`,
        retry: true,
      };
  }
}
