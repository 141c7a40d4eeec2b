import { mkdirSync } from "node:fs";
import { relative, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { Refusal } from "./refusal.ts";
import { ROOT } from "./state.ts";

/** The program that has a state folder's lock. */
const Holder = v.object({
  pid: v.number(),
  /** How a person started it: `npm run dev`. */
  command: v.string(),
  /** When it took the lock, ISO 8601. */
  since: v.string(),
  /** Where its server answers; null for a program that serves nothing. */
  url: v.nullable(v.string()),
});
export type Holder = v.InferOutput<typeof Holder>;

/** Another program has the lock. */
export class StateInUse extends Refusal {
  override name = "StateInUse";
  /** Undefined in the moment before that program has written down who it is. */
  readonly holder: Holder | undefined;

  constructor(state: string, holder: Holder | undefined) {
    super(
      holder
        ? `The state folder ${state} is in use by "${holder.command}" (process ${holder.pid}, since ${holder.since}${holder.url ? `, ${holder.url}` : ""}). ` +
            `Two programs would damage its data. Stop that one (kill ${holder.pid}), or choose another folder: SEMBLANCE_STATE=FOLDER.`
        : `The state folder ${state} is in use by a program that is starting. Try again, or choose another folder: SEMBLANCE_STATE=FOLDER.`,
    );
    this.holder = holder;
  }
}

export interface StateLock {
  release(): void;
}

/** A database that nobody refers to is closed, and its lock released, by the garbage collector. */
const open = new Set<DatabaseSync>();

const SQLITE_BUSY = 5;
const RETRY_MS = 50;
/** The time that an ended program's processes have to end: more than a server and a job service are given to stop. */
const PREDECESSOR_LIMIT_MS = 30_000;
const READ_LIMIT_MS = 2_000;

/**
 * Takes the lock of a state folder, which one program at a time may have; throws `StateInUse` where another has it.
 *
 * The lock is SQLite's on `lock.sqlite`, so the system releases it when its process ends, however it ends: there are no stale
 * locks, and a process id that another program has by now means nothing. The holder keeps a write transaction open (RESERVED),
 * beside which others may read who it is. Processes that it starts on the folder keep a read transaction open (SHARED, see
 * `shareState`). Where the holder was killed, the next one waits for those: its own row is committed only when there are no readers.
 */
export async function lockState(
  state: string,
  { url = null, signal }: { url?: string | null; signal?: AbortSignal | undefined } = {},
): Promise<StateLock> {
  mkdirSync(state, { recursive: true });
  const db = openLock(state);
  try {
    if (!succeeds(db, "BEGIN IMMEDIATE")) throw new StateInUse(state, await readHolder(db, signal));
    const predecessor = holderIn(db);
    db.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER, command TEXT, since TEXT, url TEXT); DELETE FROM holder");
    db.prepare("INSERT INTO holder VALUES (?, ?, ?, ?)").run(process.pid, command(), new Date().toISOString(), url);
    for (const begun = Date.now(); !succeeds(db, "COMMIT"); await wait(RETRY_MS, undefined, { signal })) {
      if (Date.now() - begun > PREDECESSOR_LIMIT_MS)
        throw new Refusal(
          `"${predecessor?.command}" (process ${predecessor?.pid}) has ended, but processes that it started still use the state folder ${state}. ` +
            `End them, or choose another folder: SEMBLANCE_STATE=FOLDER.`,
        );
    }
    // Between the two transactions another program may have been faster.
    if (!succeeds(db, "BEGIN IMMEDIATE")) throw new StateInUse(state, await readHolder(db, signal));
  } catch (error) {
    db.close();
    throw error;
  }
  open.add(db);
  return {
    release() {
      if (open.delete(db)) db.close();
    },
  };
}

/** Marks the folder as used by this process until it ends, for the program that has the lock. */
export function shareState(state: string): void {
  const db = openLock(state);
  db.exec("BEGIN");
  holderIn(db);
  open.add(db);
}

const openLock = (state: string) => {
  const db = new DatabaseSync(resolve(state, "lock.sqlite"), { timeout: 0 });
  // What is in it need not outlive the machine.
  db.exec("PRAGMA synchronous = OFF");
  return db;
};

/** False where another process' lock is in the way. */
function succeeds(db: DatabaseSync, sql: string): boolean {
  try {
    db.exec(sql);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

const isBusy = (error: unknown) => error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;

/** For a moment, while a holder commits its row, nobody can read, or the row is still that of a program that has ended. */
async function readHolder(db: DatabaseSync, signal: AbortSignal | undefined): Promise<Holder | undefined> {
  for (const begun = Date.now(); Date.now() - begun < READ_LIMIT_MS; await wait(RETRY_MS, undefined, { signal })) {
    try {
      const holder = holderIn(db);
      if (holder && isAlive(holder.pid)) return holder;
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  return undefined;
}

function holderIn(db: DatabaseSync): Holder | undefined {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'holder'").all();
  return tables.length === 0 ? undefined : v.parse(v.optional(Holder), db.prepare("SELECT * FROM holder").get());
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** How this program was started, as a person would type it. */
function command(): string {
  const script = process.env.npm_lifecycle_event;
  return script ? `npm run ${script}` : `node ${relative(ROOT, process.argv[1] ?? "")}`;
}
