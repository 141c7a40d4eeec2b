import type { Losses } from "../../container/style/optimise.ts";
import type { Picture } from "../../imaging/picture.ts";
import { type Checkpoint, type Settings, writeCheckpoint } from "./checkpoint.ts";

/** Keeps where a run came to: in memory as often as it is told, on disk now and then and when it is asked. */
export interface Keeper {
  /** Of all steps so far, those of an earlier run that is gone on from among them. */
  readonly losses: readonly Losses[];
  step(losses: Losses): void;
  reached(step: number, picture: Picture): void;
  /** Writes what was reached last; gives its step, or nothing where nothing was reached or it could not be written. */
  save(): Promise<number | undefined>;
}

/** Milliseconds between writes. */
const WRITE_EVERY = 10_000;

/** `path`: where to, or nowhere. A checkpoint that cannot be written is no reason to stop: `warn` is told once. */
export function openKeeper(
  path: string | undefined,
  settings: Settings,
  { earlier, warn }: { earlier: Checkpoint | undefined; warn: (message: string) => void },
): Keeper {
  const losses = [...(earlier?.losses ?? [])];
  let last: { step: number; picture: Picture } | undefined;
  let written = { at: performance.now(), step: earlier?.step };
  let writing = Promise.resolve();
  let failed = false;

  async function write(): Promise<void> {
    if (!path || !last || last.step === written.step) return;
    const { step, picture } = last;
    try {
      await writeCheckpoint(path, { settings, step, picture, losses: losses.filter((one) => one.step <= step) });
      written = { at: performance.now(), step };
      failed = false;
    } catch (error) {
      if (!failed) warn(`The checkpoint was not kept. ${error instanceof Error ? error.message : error}`);
      failed = true;
    }
  }

  return {
    losses,
    step: (one) => void losses.push(one),
    reached(step, picture) {
      last = { step, picture };
      if (performance.now() - written.at < WRITE_EVERY) return;
      // At once, so that pictures which come while this one is written wait for the next time.
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
