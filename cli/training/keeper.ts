import { join } from "node:path";
import { type Checkpoint, writeCheckpoint } from "../../container/style-net/checkpoint.ts";
import type { Picture } from "../../imaging/picture.ts";
import { writeWhole } from "../output.ts";
import { writePreview } from "./files.ts";

/** Writes what a training tells on its way, in that order. What cannot be written is told, and is no reason to stop. */
export interface Keeper {
  /** Of the checkpoint. */
  readonly path: string;
  checkpoint(reached: Checkpoint): void;
  preview(step: number, photograph: string, picture: Picture): void;
  /** When all is written: the step that the checkpoint keeps, if there is one. */
  written(): Promise<number | undefined>;
}

export function openKeeper(out: string, earlier: Checkpoint | undefined): Keeper {
  const path = join(out, "checkpoint.json");
  let kept = earlier?.state.step;
  let writing = Promise.resolve();
  const inTurn = (write: () => Promise<void>) => {
    writing = writing.then(write).catch((error) => console.error(error instanceof Error ? error.message : error));
  };
  return {
    path,
    checkpoint: (reached) =>
      inTurn(async () => {
        await writeWhole(path, writeCheckpoint(reached));
        kept = reached.state.step;
      }),
    preview: (step, photograph, picture) => inTurn(() => writePreview(out, step, photograph, picture)),
    async written() {
      await writing;
      return kept;
    },
  };
}
