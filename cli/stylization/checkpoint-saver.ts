import type { Losses } from "../../container/style/optimize.ts";
import type { Picture } from "../../imaging/picture.ts";
import { type Checkpoint, type StylizeSettings, writeCheckpoint } from "./checkpoint.ts";

/** Keeps the latest checkpoint of a run in memory, and writes it to disk at intervals and on request. */
export interface CheckpointSaver {
  /** The losses of all steps so far, including those of the run that was resumed. */
  readonly losses: readonly Losses[];
  step(losses: Losses): void;
  checkpoint(step: number, picture: Picture): void;
  /** Writes the latest checkpoint. Returns the step of the checkpoint on disk, or undefined if there is none. */
  save(): Promise<number | undefined>;
}

/** Milliseconds between writes. */
const WRITE_INTERVAL_MS = 10_000;

/** If `path` is undefined, writes nothing. If a write fails, calls `warn` once and continues. */
export function openCheckpointSaver(
  path: string | undefined,
  settings: StylizeSettings,
  { earlier, warn }: { earlier: Checkpoint | undefined; warn: (message: string) => void },
): CheckpointSaver {
  const losses = [...(earlier?.losses ?? [])];
  let last: { step: number; picture: Picture } | undefined;
  let written = { at: performance.now(), step: earlier?.step };
  let writing = Promise.resolve();
  let hasFailed = false;

  async function write(): Promise<void> {
    if (!path || !last || last.step === written.step) return;
    const { step, picture } = last;
    try {
      await writeCheckpoint(path, { settings, step, picture, losses: losses.filter((one) => one.step <= step) });
      written = { at: performance.now(), step };
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) warn(`The checkpoint could not be saved. ${error instanceof Error ? error.message : error}`);
      hasFailed = true;
    }
  }

  return {
    losses,
    step: (one) => void losses.push(one),
    checkpoint(step, picture) {
      last = { step, picture };
      if (performance.now() - written.at < WRITE_INTERVAL_MS) return;
      // Set before the write ends, so that checkpoints that arrive during the write wait for the next interval.
      written = { ...written, at: performance.now() };
      writing = writing.then(write);
    },
    async save() {
      writing = writing.then(write);
      await writing;
      return written.step;
    },
  };
}
