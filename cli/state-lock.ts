import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { ROOT } from "./state.ts";
import { toUserError, UserError } from "./user-error.ts";

/** The program that holds a state folder's lock. */
const Holder = v.object({
  pid: v.number(),
  /** The command that started it, for example `npm run dev`. */
  command: v.string(),
  /** When it took the lock, ISO 8601. */
  since: v.string(),
  /** The URL of its server. null if it runs no server. */
  url: v.nullable(v.string()),
});
export type Holder = v.InferOutput<typeof Holder>;

/** Another program holds the lock. */
export class StateInUseError extends UserError {
  override name = "StateInUse";
  /** Undefined for a moment, until that program has written its row. */
  readonly holder: Holder | undefined;

  constructor(state: string, holder: Holder | undefined) {
    super(
      holder
        ? `The state folder ${state} is in use by "${holder.command}" (process ${holder.pid}, since ${holder.since}${holder.url ? `, ${holder.url}` : ""}). ` +
            `Two programs on one folder would corrupt its data. Stop that program (kill ${holder.pid}), or choose another folder: SEMBLANCE_STATE=FOLDER.`
        : `The state folder ${state} is in use by a program that is starting. Try again, or choose another folder: SEMBLANCE_STATE=FOLDER.`,
    );
    this.holder = holder;
  }
}

export interface StateLock {
  release(): void;
}

/** References that keep the databases open: the garbage collector would close an unreferenced one and release its lock. */
const openLocks = new Set<DatabaseSync>();

const SQLITE_BUSY = 5;
const RETRY_MS = 50;
/** How long to wait for the processes of a killed holder to end: longer than the grace periods of a server and a job service. */
const PREDECESSOR_LIMIT_MS = 30_000;
const READ_LIMIT_MS = 2_000;

/**
 * Takes the lock of a state folder. Only one program at a time can hold it. Throws `StateInUseError` if another program does.
 *
 * The lock is SQLite's file lock on `lock.sqlite`, so the system releases it when the process ends for any reason. There are no stale
 * locks, and a reused process id does no harm. The holder keeps a write transaction open (RESERVED), during which other programs
 * can read who it is. Processes that it starts on the folder keep a read transaction open (SHARED, see `shareState`). If the holder
 * was killed, the next one waits for those processes, because its row is committed only after all readers have ended.
 */
export async function lockState(
  state: string,
  { url = null, signal }: { url?: string | null; signal?: AbortSignal | undefined } = {},
): Promise<StateLock> {
  const db = createLockDatabase(state);
  try {
    if (!tryExecute(db, "BEGIN IMMEDIATE")) throw new StateInUseError(state, await readHolder(db, signal));
    const predecessor = readHolderRow(db);
    db.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER, command TEXT, since TEXT, url TEXT); DELETE FROM holder");
    db.prepare("INSERT INTO holder VALUES (?, ?, ?, ?)").run(process.pid, commandLine(), new Date().toISOString(), url);
    for (const start = Date.now(); !tryExecute(db, "COMMIT"); await wait(RETRY_MS, undefined, { signal })) {
      if (Date.now() - start > PREDECESSOR_LIMIT_MS)
        throw new UserError(
          `"${predecessor?.command}" (process ${predecessor?.pid}) has ended, but its child processes still use the state folder ${state}. ` +
            `Stop them, or choose another folder: SEMBLANCE_STATE=FOLDER.`,
        );
    }
    // Another program can have taken the lock between the two transactions.
    if (!tryExecute(db, "BEGIN IMMEDIATE")) throw new StateInUseError(state, await readHolder(db, signal));
  } catch (error) {
    db.close();
    throw error;
  }
  openLocks.add(db);
  return {
    release() {
      if (openLocks.delete(db)) db.close();
    },
  };
}

/** Marks the folder as used by this process until it ends, on behalf of the program that holds the lock. */
export function shareState(state: string): void {
  const db = openLockDatabase(state);
  db.exec("BEGIN");
  readHolderRow(db);
  openLocks.add(db);
}

function createLockDatabase(state: string): DatabaseSync {
  try {
    mkdirSync(state, { recursive: true });
    accessSync(state, constants.W_OK);
  } catch (error) {
    if (existsSync(state) && !statSync(state).isDirectory())
      throw new UserError(`The state folder ${state} is a file. Choose a folder: SEMBLANCE_STATE=FOLDER.`);
    throw toUserError(`The state folder ${state}`, error);
  }
  return openLockDatabase(state);
}

const openLockDatabase = (state: string) => {
  const db = new DatabaseSync(resolve(state, "lock.sqlite"), { timeout: 0 });
  // Its content does not have to survive a crash of the machine.
  db.exec("PRAGMA synchronous = OFF");
  return db;
};

/** Executes a statement. Returns false if another process holds a conflicting lock. */
function tryExecute(db: DatabaseSync, sql: string): boolean {
  try {
    db.exec(sql);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

const isBusy = (error: unknown) => error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;

/** Reads the holder, with retries: while a holder commits its row, the row is unreadable or still that of an ended program. */
async function readHolder(db: DatabaseSync, signal: AbortSignal | undefined): Promise<Holder | undefined> {
  for (const start = Date.now(); Date.now() - start < READ_LIMIT_MS; await wait(RETRY_MS, undefined, { signal })) {
    try {
      const holder = readHolderRow(db);
      if (holder && isAlive(holder.pid)) return holder;
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  return undefined;
}

function readHolderRow(db: DatabaseSync): Holder | undefined {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'holder'").all();
  return tables.length === 0 ? undefined : v.parse(v.optional(Holder), db.prepare("SELECT * FROM holder").get());
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process exists but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The command that started this program, as a person would type it. */
function commandLine(): string {
  const script = process.env.npm_lifecycle_event;
  return script ? `npm run ${script}` : `node ${relative(ROOT, process.argv[1] ?? "")}`;
}
