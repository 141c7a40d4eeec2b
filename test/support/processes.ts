import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** An environment variable that identifies a process and all its descendants, even after they were reparented (Linux). */
export const newProcessMark = (): { SEMBLANCE_TEST_MARK: string } => ({ SEMBLANCE_TEST_MARK: randomUUID() });

/** The command lines of all processes with the mark. */
export function commandLinesWith({ SEMBLANCE_TEST_MARK: mark }: { SEMBLANCE_TEST_MARK: string }): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return []; // The process belongs to another user, or has ended.
      }
    });
}
