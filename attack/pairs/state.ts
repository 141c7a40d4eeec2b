import { setTimeout as later } from "node:timers/promises";
import type { Scene, ShardAddress, Statement } from "../endpoint-types.ts";
import type { Target } from "../target.ts";

/** Everything that a tenant has in D1, without moments, secrets and vectors. */
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

/** All tables at one moment: one batch. */
export async function readState(target: Target, tenantId: string): Promise<TenantState> {
  const statements: Statement[] = NAMES.map((name) => ({
    sql: `${QUERIES[name]} where tenant_id = ?`,
    bound: [tenantId],
  }));
  const tables = await target.instrument<unknown[][]>("read", statements);
  return Object.fromEntries(NAMES.map((name, i) => [name, tables[i]])) as unknown as TenantState;
}

/** An erasure is confirmed by then, or by the queue's first retry. */
const ERASURE_LIMIT_MS = 15_000;

/** What must hold of every state, whichever order the mutations took effect in. Gives what does not, in words. */
export async function violations(target: Target, scene: Scene, state: TenantState): Promise<string[]> {
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  for (const { id, head, templateCount, modelId } of state.collections) {
    const log = state.log.filter(({ collectionId }) => collectionId === id).toSorted((a, b) => a.sequence - b.sequence);
    must(log.length === head && log.every(({ sequence }, i) => sequence === i + 1), `the log is not 1 to ${head}`);
    const there = state.templates.filter(({ collectionId }) => collectionId === id);
    must(there.length === templateCount, `template_count is ${templateCount}, and ${there.length} templates are there`);
    const replayed = new Map<string, string>();
    for (const { change, templateId, subjectId } of log) {
      if (change === "removed") must(replayed.delete(templateId), "the log removes a template that is not there");
      else replayed.set(templateId, subjectId);
    }
    must(
      replayed.size === there.length && there.every((template) => replayed.get(template.id) === template.subjectId),
      "the log replayed does not give the templates",
    );
    const inShard = await shardSize(target, { tenantId: scene.tenantId, collectionId: id, modelId });
    must(inShard === templateCount, `the shard holds ${inShard} templates of ${templateCount}`);
  }
  const collections = new Set(state.collections.map(({ id }) => id));
  const subjects = new Set(state.subjects.map(({ id }) => id));
  must(
    [...state.subjects, ...state.templates, ...state.log].every(({ collectionId }) => collections.has(collectionId)),
    "a row belongs to a collection that does not exist",
  );
  must(
    state.templates.every(({ subjectId }) => subjects.has(subjectId)),
    "a template belongs to a subject that does not exist",
  );
  must(await erased(target, scene.tenantId), "an erasure is not confirmed");
  if (!collections.has(scene.collectionId)) {
    const { tenantId, collectionId, modelId } = scene;
    const left = await shardSize(target, { tenantId, collectionId, modelId });
    must(left === 0, `the shard of the deleted collection holds ${left} templates`);
  }
  return found;
}

const shardSize = async (target: Target, address: ShardAddress): Promise<number> =>
  (await target.instrument<{ templates: number }>("shard", address)).templates;

async function erased(target: Target, tenantId: string): Promise<boolean> {
  for (const end = Date.now() + ERASURE_LIMIT_MS; ; await later(200)) {
    if ((await readState(target, tenantId)).erasures.length === 0) return true;
    if (Date.now() > end) return false;
  }
}
