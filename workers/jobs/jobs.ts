import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { alias } from "drizzle-orm/sqlite-core";
import { blobs, idempotency, jobs, styles } from "../../schema/tables.ts";
import { type Actor, insertAuditIf } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, isConstraintFailure, runBatch } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey } from "../platform/idempotency.ts";
import { RETENTION_MS } from "./retention.ts";

/** A job as stored in D1. */
export type Job = typeof jobs.$inferSelect;
export type JobState = Job["state"];
type Fields = Omit<Job, "tenantId" | "id" | "version">;

/** Identifies a job. Report tokens and the job's workflow contain both ids. */
export interface JobRef {
  tenantId: string;
  jobId: string;
}

/** A trained style as stored in D1. */
type StyleRow = typeof styles.$inferInsert;

/** One write of a job. */
export interface Change {
  set: Partial<Fields>;
  /** The action in the audit log. Omitted for progress, which is not audited. */
  action?: string;
  /** The API key that requested the change. Omitted if the job's workflow or a report makes it. */
  keyId?: string | null;
  /** Write only if fewer than this many of the tenant's other jobs are active or have waited longer. */
  activeLimit?: number;
  /** A style that is inserted in the same batch. */
  style?: StyleRow;
  /** Keys of blobs that no longer expire, set in the same batch. */
  keepBlobs?: readonly string[];
}

/** `changed`: whether this call wrote the job. `job`: its current row. */
interface ChangeResult {
  job: Job;
  changed: boolean;
}

/** The jobs of all tenants. Each call names the tenant. */
export interface Jobs {
  find(ref: JobRef): Promise<Job | undefined>;
  /** Newest first. Returns `first + 1` jobs if there are more than `first`. */
  list(tenantId: string, page: { first: number; after?: string; state?: JobState }): Promise<Job[]>;
  /** Whether the tenant has `limit` unfinished jobs. An early check that saves work: `create` enforces the limit. */
  isFull(tenantId: string, limit: number): Promise<boolean>;
  /**
   * Writes a new job and returns its id. If its idempotency key was used before, writes nothing and returns the id of that job, or
   * "conflict" if the earlier request was different. "full": the tenant has `limit` unfinished jobs, and nothing was written.
   */
  create(job: NewJob, limit: number, actor: Actor, key?: IdempotencyKey): Promise<string | "conflict" | "full">;
  /** The id of the job that an earlier call with this key created. "conflict": the earlier call had other arguments. */
  findByIdempotencyKey(tenantId: string, key: IdempotencyKey): Promise<string | "conflict" | undefined>;
  /**
   * Reads the job, calls `decide`, and writes the change if the job's version is still the same. Otherwise it starts again. So the
   * decision is never based on an outdated state or attempt. Undefined if the job does not exist.
   */
  change(ref: JobRef, decide: (job: Job) => Change | undefined): Promise<ChangeResult | undefined>;
  /** The ids of a tenant's waiting jobs that can begin now, oldest first. `active`: the maximum number of active jobs. */
  listNext(tenantId: string, active: number): Promise<string[]>;
  /** The schedule does not wake the job's workflow before this time. Does not change the version or notify subscribers. */
  setQuietUntil(ref: JobRef, until: Date): Promise<void>;
  /**
   * Jobs whose workflow may have stopped: unfinished jobs past their deadline, unfinished jobs without a report since `since`, and
   * finished jobs whose webhook is overdue since then. The job that was woken longest ago comes first. `limit` applies to unfinished
   * and to finished jobs separately.
   */
  listStalled(since: Date, now: Date, limit: number): Promise<Job[]>;
}

type NewJob = Pick<Job, "tenantId" | "id" | "kind" | "work" | "webhook" | "createdAt" | "deadlineAt">;

const UNFINISHED: JobState[] = ["QUEUED", "DISPATCHED", "RUNNING"];

/** More than the concurrent writers of one job: its workflow, its attempt and API clients. */
const MAX_TRIES = 20;

/** `onChange` is called after each write. It must not reject. */
export function openJobs(db: Database, clock: Clock, onChange: (job: Job) => Promise<void>): Jobs {
  const find = ({ tenantId, jobId }: JobRef) => db.select().from(jobs).where(ofJob(tenantId, jobId)).get();

  const findByIdempotencyKey: Jobs["findByIdempotencyKey"] = async (tenantId, key) => {
    const outcome = await earlierOutcome<{ jobId: string }>(db, tenantId, key);
    return typeof outcome === "object" ? outcome.outcome.jobId : outcome;
  };

  /** Writes the change. False if the job's version has changed, or if the tenant has no free slot. */
  async function write(job: Job, change: Change): Promise<boolean> {
    const now = clock();
    const guard = and(
      ofJob(job.tenantId, job.id),
      eq(jobs.version, job.version),
      change.activeLimit === undefined ? undefined : hasFreeSlot(db, job, change.activeLimit),
    );
    const update = db
      .update(jobs)
      .set({ ...change.set, version: job.version + 1 })
      .where(guard);
    if (change.action === undefined) return (await update).meta.changes === 1;
    // The update of the job comes last, because it changes the version. The guard gives the same result for all statements before it.
    const { updated } = await runBatch(db, {
      audit: insertAuditIf(db, { keyId: change.keyId ?? null }, change.action, jobs, guard, now),
      style: change.style && insertStyleIf(db, change.style, guard),
      blobs: change.keepBlobs && keepBlobsIf(db, job.tenantId, change.keepBlobs, guard),
      updated: update,
    });
    return updated.meta.changes === 1;
  }

  return {
    find,
    findByIdempotencyKey,

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

    isFull: async (tenantId, limit) => {
      const [unfinished] = await db.select({ count: count() }).from(jobs).where(isUnfinished(tenantId));
      return (unfinished?.count ?? 0) >= limit;
    },

    async create(job, limit, actor, key) {
      const now = job.createdAt.getTime();
      const isThisJob = ofJob(job.tenantId, job.id);
      try {
        // A batch is one transaction. A job above the limit is deleted again before any other row refers to it.
        const { removed } = await runBatch(db, {
          added: db.insert(jobs).values(job),
          removed: db.delete(jobs).where(and(isThisJob, gt(unfinishedCount(db, job.tenantId), limit))),
          audit: insertAuditIf(db, actor, job.kind, jobs, isThisJob, now),
          outcome: key && insertOutcomeIf(db, key, job.id, isThisJob, now),
        });
        if (removed.meta.changes === 0) return job.id;
        return (key && (await findByIdempotencyKey(actor.tenantId, key))) ?? "full";
      } catch (error) {
        // Two concurrent requests have the same key: return the job of the first one.
        const first = key && isConstraintFailure(error) && (await findByIdempotencyKey(actor.tenantId, key));
        if (!first) throw error;
        return first;
      }
    },

    async change(ref, decide) {
      let versionWithoutSlot: number | undefined;
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const job = await find(ref);
        if (!job) return undefined;
        const change = decide(job);
        // The write failed although the version is the same: the tenant has no free slot.
        if (!change || job.version === versionWithoutSlot) return { job, changed: false };
        if (await write(job, change)) {
          const written = { ...job, ...change.set, version: job.version + 1 };
          await onChange(written);
          return { job: written, changed: true };
        }
        versionWithoutSlot = change.activeLimit === undefined ? undefined : job.version;
      }
      throw new Error(`The job changed during each of ${MAX_TRIES} tries to write it.`);
    },

    async listNext(tenantId, active) {
      const candidates = await db
        .select({ id: jobs.id, attempt: jobs.attempt })
        .from(jobs)
        .where(isUnfinished(tenantId))
        .orderBy(desc(gt(jobs.attempt, 0)), asc(jobs.id))
        .limit(active);
      return candidates.filter(({ attempt }) => attempt === 0).map(({ id }) => id);
    },

    async setQuietUntil({ tenantId, jobId }, until) {
      await db.update(jobs).set({ quietUntil: until }).where(ofJob(tenantId, jobId));
    },

    async listStalled(since, now, limit) {
      const isOverdue = (lastSignal: SQL) =>
        and(lt(lastSignal, since.getTime()), or(isNull(jobs.quietUntil), lt(jobs.quietUntil, now)));
      const { silent, undelivered } = await runBatch(db, {
        silent: db
          .select()
          .from(jobs)
          .where(
            and(
              isNull(jobs.finishedAt),
              or(lt(jobs.deadlineAt, now), isOverdue(sql`coalesce(${jobs.reportedAt}, ${jobs.createdAt})`)),
            ),
          )
          .orderBy(lastWokenAt)
          .limit(limit),
        undelivered: db
          .select()
          .from(jobs)
          .where(
            and(
              isNotNull(jobs.webhook),
              isNull(jobs.webhookSettledAt),
              // The result of an older job has expired.
              gt(jobs.finishedAt, new Date(now.getTime() - RETENTION_MS)),
              isOverdue(sql`${jobs.finishedAt}`),
            ),
          )
          .orderBy(lastWokenAt)
          .limit(limit),
      });
      return [...silent, ...undelivered];
    },
  };
}

const lastWokenAt = sql`coalesce(${jobs.quietUntil}, ${jobs.createdAt})`;

const isUnfinished = (tenantId: string) => and(eq(jobs.tenantId, tenantId), inArray(jobs.state, UNFINISHED));

/** The alias of the jobs table in a subquery. */
const others = alias(jobs, "others");

/** Counts the unfinished jobs of a tenant that meet the condition. */
const unfinishedCount = (db: Database, tenantId: string, condition?: SQL): SQL<number> =>
  sql`${db
    .select({ count: count() })
    .from(others)
    .where(and(eq(others.tenantId, tenantId), inArray(others.state, UNFINISHED), condition))}`;

/** Fewer than `active` of the tenant's other jobs are active (attempt > 0) or have waited longer (ids increase with time). */
const hasFreeSlot = (db: Database, { tenantId, id }: Job, active: number): SQL =>
  lt(unfinishedCount(db, tenantId, and(ne(others.id, id), or(gt(others.attempt, 0), lt(others.id, id)))), active);

const ofJob = (tenantId: string, id: string) => and(eq(jobs.tenantId, tenantId), eq(jobs.id, id));

/** Stores the job as the outcome of an idempotency key if the guard holds. */
const insertOutcomeIf = (db: Database, key: IdempotencyKey, jobId: string, guard: SQL | undefined, now: number) =>
  db
    .insert(idempotency)
    .select(
      sql`select ${jobs.tenantId}, ${key.key}, ${key.fingerprint}, ${JSON.stringify({ jobId })}, ${now} from ${jobs} where ${guard}`,
    );

/** Inserts a trained style if the guard holds. */
const insertStyleIf = (db: Database, style: StyleRow, guard: SQL | undefined) =>
  db.insert(styles).select(
    sql`select ${jobs.tenantId}, ${style.id}, ${style.name}, ${jobs.id}, ${style.netKey}, ${style.paintingKey},
          ${style.thumbnailKey}, ${style.netSha256}, ${JSON.stringify(style.traits)}, ${style.createdAt.getTime()}
        from ${jobs} where ${guard}`,
  );

/** Removes the expiry of blobs if the guard holds. */
const keepBlobsIf = (
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
