import { join } from "node:path";
import { type Checkpoint, writeCheckpoint } from "../../container/style-net/checkpoint.ts";
import type { Picture } from "../../imaging/picture.ts";
import { writeAtomically } from "../output.ts";
import { writePreview } from "./files.ts";

/** Writes the checkpoints and previews of a training, in order. If a write fails, prints a warning and continues. */
export interface ProgressWriter {
  /** The path of the checkpoint. */
  readonly path: string;
  checkpoint(latest: Checkpoint): void;
  preview(step: number, photograph: string, picture: Picture): void;
  /** Waits for all writes. Returns the step of the saved checkpoint, or undefined if there is none. */
  flush(): Promise<number | undefined>;
}

export function openProgressWriter(out: string, earlier: Checkpoint | undefined): ProgressWriter {
  const path = join(out, "checkpoint.json");
  let savedStep = earlier?.state.step;
  let writing = Promise.resolve();
  const enqueue = (write: () => Promise<void>) => {
    writing = writing.then(write).catch((error) => console.error(error instanceof Error ? error.message : error));
  };
  return {
    path,
    checkpoint: (latest) =>
      enqueue(async () => {
        await writeAtomically(path, writeCheckpoint(latest));
        savedStep = latest.state.step;
      }),
    preview: (step, photograph, picture) => enqueue(() => writePreview(out, step, photograph, picture)),
    async flush() {
      await writing;
      return savedStep;
    },
  };
}
