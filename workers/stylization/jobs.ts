import { and, desc, eq, exists, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { audit, blobs, jobs, styles } from "../../schema/tables.ts";
import type { Actor } from "../platform/actor.ts";
import { auditEntry, auditRow } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, isConstraintFailure } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey, keepOutcome } from "../platform/idempotency.ts";

/** A job as D1 keeps it. */
export type Job = typeof jobs.$inferSelect;
export type JobState = Job["state"];
type Fields = Omit<Job, "tenantId" | "id" | "version">;

/** Where a job is: a job token, a report token and the job's Workflow carry both. */
export interface JobAddress {
  tenantId: string;
  jobId: string;
}

/** A style that a training made, as it is kept. */
type StyleRow = typeof styles.$inferInsert;

/** One write of a job. */
export interface Change {
  set: Partial<Fields>;
  /** What the audit log calls it; a job's progress is not in there. */
  action?: string;
  /** The API key that asked for it; a job goes its way by itself. */
  keyId?: string | null;
  /** What is made with it, or not at all: a style, and blobs that are kept from now on. */
  style?: StyleRow;
  keep?: readonly string[];
}

/** `changed`: whether this call's write took effect; `job`: as it is now. */
interface Changed {
  job: Job;
  changed: boolean;
}

/** All jobs. Whoever asks says whose. */
export interface Jobs {
  find(at: JobAddress): Promise<Job | undefined>;
  /** Newest first, one more than asked for where there are more. */
  list(tenantId: string, page: { first: number; after?: string; state?: JobState }): Promise<Job[]>;
  /** Writes a new job; where its idempotency key was used before, nothing, and it answers with that job's id. */
  create(job: NewJob, actor: Actor, key?: IdempotencyKey): Promise<string | "conflict">;
  /** The id of the job that an earlier call with this key made. */
  earlier(tenantId: string, key: IdempotencyKey): Promise<string | "conflict" | undefined>;
  /**
   * Reads the job, asks what follows, and writes that if and only if nobody wrote in between: otherwise it asks again. So what
   * was decided of a state and an attempt holds of them when it is written. Undefined where there is no such job.
   */
  change(at: JobAddress, decide: (job: Job) => Change | undefined): Promise<Changed | undefined>;
  /** Unfinished jobs past their deadline, or queued since before `since` without an attempt: nobody may be at them. */
  stranded(since: Date, now: Date, limit: number): Promise<Job[]>;
}

type NewJob = Pick<Job, "tenantId" | "id" | "kind" | "work" | "webhook" | "createdAt" | "deadlineAt">;

/** More writers than that at one job at one moment there are not: its Workflow, its attempt, its owner. */
const MOST_TRIES = 20;

/** `changed` is told of each write, after it; it does not reject. */
export function openJobs(db: Database, clock: Clock, changed: (job: Job) => Promise<void>): Jobs {
  const find = ({ tenantId, jobId }: JobAddress) => db.select().from(jobs).where(ofJob(tenantId, jobId)).get();

  const earlier: Jobs["earlier"] = async (tenantId, key) => {
    const outcome = await earlierOutcome<{ jobId: string }>(db, tenantId, key);
    return typeof outcome === "object" ? outcome.outcome.jobId : outcome;
  };

  /** Whether it was written: not where the job's version is another by now. */
  async function write(job: Job, change: Change): Promise<boolean> {
    const now = clock();
    const guard = and(ofJob(job.tenantId, job.id), eq(jobs.version, job.version));
    const update = db
      .update(jobs)
      .set({ ...change.set, version: job.version + 1 })
      .where(guard);
    if (change.action === undefined) return (await update).meta.changes === 1;
    // The job's own row goes last: until then the guard holds for all of them or for none.
    const [audited] = await db.batch([
      auditWhere(db, { tenantId: job.tenantId, keyId: change.keyId ?? null }, change.action, guard, now),
      ...(change.style ? [styleWhere(db, change.style, guard)] : []),
      ...(change.keep ? [keepWhere(db, job.tenantId, change.keep, guard)] : []),
      update,
    ]);
    return audited.meta.changes === 1;
  }

  return {
    find,
    earlier,

    list: (tenantId, { first, after, state }) =>
      db
        .select()
        .from(jobs)
        .where(
          and(
            eq(jobs.tenantId, tenantId),
            after === undefined ? undefined : lt(jobs.id, after),
            state && eq(jobs.state, state),
          ),
        )
        .orderBy(desc(jobs.id))
        .limit(first + 1),

    async create(job, actor, key) {
      const now = job.createdAt.getTime();
      try {
        await db.batch([
          db.insert(jobs).values(job),
          auditEntry(db, actor, job.kind, job.id, now),
          ...(key ? [keepOutcome(db, actor.tenantId, key, { jobId: job.id }, now)] : []),
        ]);
      } catch (error) {
        // The same key, twice at once: the first one's job stands.
        const first = key && isConstraintFailure(error) && (await earlier(actor.tenantId, key));
        if (!first) throw error;
        return first;
      }
      return job.id;
    },

    async change(at, decide) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const job = await find(at);
        if (!job) return undefined;
        const change = decide(job);
        if (!change) return { job, changed: false };
        if (await write(job, change)) {
          const written = { ...job, ...change.set, version: job.version + 1 };
          await changed(written);
          return { job: written, changed: true };
        }
      }
      throw new Error("A job was written by others each time that it was to be.");
    },

    stranded: (since, now, limit) =>
      db
        .select()
        .from(jobs)
        .where(
          and(
            isNull(jobs.finishedAt),
            or(lt(jobs.deadlineAt, now), and(eq(jobs.attempt, 0), lt(jobs.createdAt, since))),
          ),
        )
        .orderBy(jobs.deadlineAt)
        .limit(limit),
  };
}

const ofJob = (tenantId: string, id: string) => and(eq(jobs.tenantId, tenantId), eq(jobs.id, id));

/** The audit row of a change, where the guard holds. */
const auditWhere = (db: Database, actor: Actor, action: string, guard: SQL | undefined, now: number) => {
  const { id, keyId } = auditRow(actor, action, "", now);
  return db
    .insert(audit)
    .select(sql`select ${jobs.tenantId}, ${id}, ${keyId}, ${action}, ${jobs.id}, ${now} from ${jobs} where ${guard}`);
};

const styleWhere = (db: Database, style: StyleRow, guard: SQL | undefined) =>
  db.insert(styles).select(
    sql`select ${jobs.tenantId}, ${style.id}, ${style.name}, ${jobs.id}, ${style.netKey}, ${style.paintingKey},
          ${style.thumbnailKey}, ${style.netSha256}, ${JSON.stringify(style.traits)}, ${style.createdAt.getTime()}
        from ${jobs} where ${guard}`,
  );

/** Blobs that expire no more, where the guard holds. */
const keepWhere = (
  db: Database,
  tenantId: string,
  keys: readonly string[],
  guard: SQL | undefined,
): BatchItem<"sqlite"> =>
  db
    .update(blobs)
    .set({ expiresAt: null })
    .where(
      and(
        eq(blobs.tenantId, tenantId),
        inArray(blobs.key, [...keys]),
        exists(db.select({ id: jobs.id }).from(jobs).where(guard)),
      ),
    );
