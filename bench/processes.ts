import { readdirSync, readFileSync } from "node:fs";

/** A process and its parent, from /proc (Linux). */
interface Process {
  pid: number;
  parent: number;
  command: string;
  /** User and system time, in ticks of 10 ms. */
  ticks: number;
}

const TICK_MS = 10;

function allProcesses(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            command: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " "),
            ticks: Number(fields[11]) + Number(fields[12]),
          },
        ];
      } catch {
        return []; // The process ended between the two reads.
      }
    });
}

/** The ids of all descendants of a process whose command line contains `named`. */
export function processesBelow(pid: number, named: string): number[] {
  const processes = allProcesses();
  const below = (parent: number): Process[] =>
    processes.filter((p) => p.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid)
    .filter(({ command }) => command.includes(named))
    .map(({ pid: id }) => id);
}

export const workerdBelow = (pid: number): number[] => processesBelow(pid, "workerd");

/** User and system time of processes so far, in milliseconds. */
export const cpuMillis = (pids: readonly number[]): number =>
  allProcesses()
    .filter(({ pid }) => pids.includes(pid))
    .reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0);
