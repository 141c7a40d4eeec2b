import { setTimeout as later } from "node:timers/promises";
import type { PairFixture, ShardAddress, Statement } from "../endpoint-types.ts";
import type { Target } from "../target.ts";

/** All data of a tenant in D1, without times, secrets and vectors. */
export interface TenantState {
  collections: { id: string; name: string; modelId: string; head: number; templateCount: number }[];
  subjects: { id: string; collectionId: string; externalId: string | null; name: string | null }[];
  templates: { id: string; collectionId: string; subjectId: string }[];
  log: { collectionId: string; sequence: number; change: string; templateId: string; subjectId: string }[];
  audit: { action: string; target: string }[];
  idempotency: { key: string; outcome: string }[];
  keys: { id: string; name: string }[];
  erasures: { collectionId: string }[];
}

const QUERIES: Record<keyof TenantState, string> = {
  collections: `select id, name, model_id as "modelId", head, template_count as "templateCount" from collections`,
  subjects: `select id, collection_id as "collectionId", external_id as "externalId", name from subjects`,
  templates: `select id, collection_id as "collectionId", subject_id as "subjectId" from templates`,
  log: `select collection_id as "collectionId", sequence, change, template_id as "templateId", subject_id as "subjectId" from gallery_log`,
  audit: "select action, target from audit",
  idempotency: "select key, outcome from idempotency",
  keys: "select id, name from api_keys",
  erasures: `select collection_id as "collectionId" from erasures`,
};
const NAMES = Object.keys(QUERIES) as (keyof TenantState)[];

/** Reads all tables in one batch, so that they are consistent. */
export async function readState(target: Target, tenantId: string): Promise<TenantState> {
  const statements: Statement[] = NAMES.map((name) => ({
    sql: `${QUERIES[name]} where tenant_id = ?`,
    bound: [tenantId],
  }));
  const tables = await target.callEndpoint<unknown[][]>("read", statements);
  return Object.fromEntries(NAMES.map((name, i) => [name, tables[i]])) as unknown as TenantState;
}

/** By then the shard or the queue's first retry has confirmed an erasure. */
const ERASURE_TIMEOUT_MS = 15_000;

/** Checks the invariants that hold for every order of the mutations. Returns a description of each violation. */
export async function violations(target: Target, fixture: PairFixture, state: TenantState): Promise<string[]> {
  const found: string[] = [];
  const check = (isTrue: boolean, what: string) => {
    if (!isTrue) found.push(what);
  };
  for (const { id, head, templateCount, modelId } of state.collections) {
    const log = state.log.filter(({ collectionId }) => collectionId === id).toSorted((a, b) => a.sequence - b.sequence);
    check(
      log.length === head && log.every(({ sequence }, i) => sequence === i + 1),
      `the log does not have the sequences 1 to ${head}`,
    );
    const templates = state.templates.filter(({ collectionId }) => collectionId === id);
    check(
      templates.length === templateCount,
      `template_count is ${templateCount}, but there are ${templates.length} templates`,
    );
    const replayed = new Map<string, string>();
    for (const { change, templateId, subjectId } of log) {
      if (change === "removed") check(replayed.delete(templateId), "the log removes a template that does not exist");
      else replayed.set(templateId, subjectId);
    }
    check(
      replayed.size === templates.length &&
        templates.every((template) => replayed.get(template.id) === template.subjectId),
      "replaying the log does not give the templates",
    );
    const inShard = await shardSize(target, { tenantId: fixture.tenantId, collectionId: id, modelId });
    check(inShard === templateCount, `the shard has ${inShard} templates instead of ${templateCount}`);
  }
  const collections = new Set(state.collections.map(({ id }) => id));
  const subjects = new Set(state.subjects.map(({ id }) => id));
  check(
    [...state.subjects, ...state.templates, ...state.log].every(({ collectionId }) => collections.has(collectionId)),
    "a row belongs to a collection that does not exist",
  );
  check(
    state.templates.every(({ subjectId }) => subjects.has(subjectId)),
    "a template belongs to a subject that does not exist",
  );
  check(await areErasuresConfirmed(target, fixture.tenantId), "an erasure is not confirmed");
  if (!collections.has(fixture.collectionId)) {
    const { tenantId, collectionId, modelId } = fixture;
    const remaining = await shardSize(target, { tenantId, collectionId, modelId });
    check(remaining === 0, `the shard of the deleted collection still has ${remaining} templates`);
  }
  return found;
}

const shardSize = async (target: Target, address: ShardAddress): Promise<number> =>
  (await target.callEndpoint<{ templates: number }>("shard", address)).templates;

async function areErasuresConfirmed(target: Target, tenantId: string): Promise<boolean> {
  for (const end = Date.now() + ERASURE_TIMEOUT_MS; ; await later(200)) {
    if ((await readState(target, tenantId)).erasures.length === 0) return true;
    if (Date.now() > end) return false;
  }
}
