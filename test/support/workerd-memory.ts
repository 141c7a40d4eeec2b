import { readdirSync, readFileSync } from "node:fs";

/** The ids of all descendants of a process. */
function descendants(pid: number | string): string[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

const residentMb = (pid: string): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

/** Maximum growth of the workerd child processes during `work`, in MB. 0 if there is no /proc. */
export async function growthOfWorkerd(work: () => Promise<unknown>): Promise<number> {
  const total = () => {
    try {
      return descendants(process.pid)
        .filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("workerd"))
        .reduce((sum, pid) => sum + residentMb(pid), 0);
    } catch {
      return 0;
    }
  };
  const before = total();
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, total());
  }, 10);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  return Math.max(peak, total()) - before;
}
