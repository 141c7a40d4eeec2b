import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** A value of an environment variable by which a process and all below it are found, wherever they were moved (Linux). */
export const newProcessMark = (): { SEMBLANCE_TEST_MARK: string } => ({ SEMBLANCE_TEST_MARK: randomUUID() });

/** The command lines of all processes that have the mark. */
export function commandLinesWith({ SEMBLANCE_TEST_MARK: mark }: { SEMBLANCE_TEST_MARK: string }): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return []; // another user's, or it has ended meanwhile
      }
    });
}
