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
import { audit, blobs, idempotency, jobs, styles } from "../../schema/tables.ts";
import type { Actor } from "../platform/actor.ts";
import { auditRow } from "../platform/audit.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, isConstraintFailure } from "../platform/database.ts";
import { earlierOutcome, type IdempotencyKey } from "../platform/idempotency.ts";
import { KEPT_MS } from "./kept-for.ts";

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
  /** Written only while fewer than so many jobs of the tenant are active and no older one waits. */
  turnAmong?: number;
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
  /** Whether the tenant has as many unfinished jobs as it may have. `create` decides; this saves work before it. */
  isFull(tenantId: string, most: number): Promise<boolean>;
  /**
   * Writes a new job and gives its id. Where its idempotency key was used before, it writes nothing and gives that job's id.
   * "full": the tenant has `most` unfinished jobs, and nothing was written.
   */
  create(job: NewJob, most: number, actor: Actor, key?: IdempotencyKey): Promise<string | "conflict" | "full">;
  /** The id of the job that an earlier call with this key made. */
  earlier(tenantId: string, key: IdempotencyKey): Promise<string | "conflict" | undefined>;
  /**
   * Reads the job, asks what follows, and writes that if and only if nobody wrote in between: otherwise it asks again. So what
   * was decided of a state and an attempt holds of them when it is written. Undefined where there is no such job.
   */
  change(at: JobAddress, decide: (job: Job) => Change | undefined): Promise<Changed | undefined>;
  /** The ids of a tenant's waiting jobs that may begin now, oldest first, where `active` jobs may be active at once. */
  next(tenantId: string, active: number): Promise<string[]>;
  /** The schedule leaves the job alone until then. Whoever watches the job is not told. */
  quiet(at: JobAddress, until: Date): Promise<void>;
  /**
   * Jobs whose Workflow may have stopped: unfinished ones past their deadline, unfinished ones that were not heard of since
   * `since`, and finished ones whose webhook is overdue since then. The one that was woken longest ago comes first.
   */
  stranded(since: Date, now: Date, limit: number): Promise<Job[]>;
}

type NewJob = Pick<Job, "tenantId" | "id" | "kind" | "work" | "webhook" | "createdAt" | "deadlineAt">;

const UNFINISHED: JobState[] = ["QUEUED", "DISPATCHED", "RUNNING"];

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
    const guard = and(
      ofJob(job.tenantId, job.id),
      eq(jobs.version, job.version),
      change.turnAmong === undefined ? undefined : hasTurn(db, job, change.turnAmong),
    );
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

    isFull: async (tenantId, most) => {
      const [unfinished] = await db.select({ count: count() }).from(jobs).where(isUnfinished(tenantId));
      return (unfinished?.count ?? 0) >= most;
    },

    async create(job, most, actor, key) {
      const now = job.createdAt.getTime();
      const its = ofJob(job.tenantId, job.id);
      try {
        // A batch is one transaction: a job above the limit goes before anything refers to it.
        const [, removed] = await db.batch([
          db.insert(jobs).values(job),
          db.delete(jobs).where(and(its, gt(unfinishedOf(db, job.tenantId), most))),
          auditWhere(db, actor, job.kind, its, now),
          ...(key ? [outcomeWhere(db, key, job.id, its, now)] : []),
        ]);
        if (removed.meta.changes === 0) return job.id;
        return (key && (await earlier(actor.tenantId, key))) ?? "full";
      } catch (error) {
        // The same key, twice at once: the first one's job stands.
        const first = key && isConstraintFailure(error) && (await earlier(actor.tenantId, key));
        if (!first) throw error;
        return first;
      }
    },

    async change(at, decide) {
      let waiting: number | undefined;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const job = await find(at);
        if (!job) return undefined;
        const change = decide(job);
        // Nobody wrote in between, so that it was not its turn.
        if (!change || job.version === waiting) return { job, changed: false };
        if (await write(job, change)) {
          const written = { ...job, ...change.set, version: job.version + 1 };
          await changed(written);
          return { job: written, changed: true };
        }
        waiting = change.turnAmong === undefined ? undefined : job.version;
      }
      throw new Error("A job was written by others each time that it was to be.");
    },

    async next(tenantId, active) {
      const first = await db
        .select({ id: jobs.id, attempt: jobs.attempt })
        .from(jobs)
        .where(isUnfinished(tenantId))
        .orderBy(desc(gt(jobs.attempt, 0)), asc(jobs.id))
        .limit(active);
      return first.filter(({ attempt }) => attempt === 0).map(({ id }) => id);
    },

    async quiet({ tenantId, jobId }, until) {
      await db.update(jobs).set({ quietUntil: until }).where(ofJob(tenantId, jobId));
    },

    async stranded(since, now, limit) {
      const overdue = (heard: SQL) =>
        and(lt(heard, since.getTime()), or(isNull(jobs.quietUntil), lt(jobs.quietUntil, now)));
      const [silent, untold] = await db.batch([
        db
          .select()
          .from(jobs)
          .where(
            and(
              isNull(jobs.finishedAt),
              or(lt(jobs.deadlineAt, now), overdue(sql`coalesce(${jobs.reportedAt}, ${jobs.createdAt})`)),
            ),
          )
          .orderBy(wokenAt)
          .limit(limit),
        db
          .select()
          .from(jobs)
          .where(
            and(
              isNotNull(jobs.webhook),
              isNull(jobs.webhookSettledAt),
              // An older job's result is there no more.
              gt(jobs.finishedAt, new Date(now.getTime() - KEPT_MS)),
              overdue(sql`${jobs.finishedAt}`),
            ),
          )
          .orderBy(wokenAt)
          .limit(limit),
      ]);
      return [...silent, ...untold];
    },
  };
}

const wokenAt = sql`coalesce(${jobs.quietUntil}, ${jobs.createdAt})`;

const isUnfinished = (tenantId: string) => and(eq(jobs.tenantId, tenantId), inArray(jobs.state, UNFINISHED));

/** The jobs, under another name in a subquery. */
const others = alias(jobs, "others");

/** How many unfinished jobs a tenant has, of those for which `also` holds. */
const unfinishedOf = (db: Database, tenantId: string, also?: SQL): SQL<number> =>
  sql`${db
    .select({ count: count() })
    .from(others)
    .where(and(eq(others.tenantId, tenantId), inArray(others.state, UNFINISHED), also))}`;

/** Fewer than so many of the tenant's other jobs are active (they have an attempt) or wait for longer (ids rise with time). */
const hasTurn = (db: Database, { tenantId, id }: Job, active: number): SQL =>
  lt(unfinishedOf(db, tenantId, and(ne(others.id, id), or(gt(others.attempt, 0), lt(others.id, id)))), active);

const ofJob = (tenantId: string, id: string) => and(eq(jobs.tenantId, tenantId), eq(jobs.id, id));

/** The audit row of a change, where the guard holds. */
const auditWhere = (db: Database, actor: Actor, action: string, guard: SQL | undefined, now: number) => {
  const { id, keyId } = auditRow(actor, action, "", now);
  return db
    .insert(audit)
    .select(sql`select ${jobs.tenantId}, ${id}, ${keyId}, ${action}, ${jobs.id}, ${now} from ${jobs} where ${guard}`);
};

/** What an idempotency key is answered from now on, where the guard holds. */
const outcomeWhere = (db: Database, key: IdempotencyKey, jobId: string, guard: SQL | undefined, now: number) =>
  db
    .insert(idempotency)
    .select(
      sql`select ${jobs.tenantId}, ${key.key}, ${key.fingerprint}, ${JSON.stringify({ jobId })}, ${now} from ${jobs} where ${guard}`,
    );

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
