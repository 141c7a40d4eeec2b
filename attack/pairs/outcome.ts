import type { Scene } from "../endpoint-types.ts";
import type { Mutation } from "./mutations.ts";
import type { TenantState } from "./state.ts";

/** What a mutation answered: `__typename` and whatever else it was asked. */
export interface Answer {
  __typename: string;
  message?: string;
  [field: string]: unknown;
}

/** What two mutations did to a scene, with ids replaced by what they name, so that two scenes can be compared. */
export interface Outcome {
  answers: [string, string];
  state: string;
}

const ID = /\b[a-z]{2,8}_[0-9a-z]{26}\b/g;

/** A Conflict which says that what the mutation made has been deleted since: it took effect. */
const DELETED_SINCE = /deleted since/;
const deletedSince = ({ __typename, message = "" }: Answer) => __typename === "Conflict" && DELETED_SINCE.test(message);

export function outcomeOf(scene: Scene, answers: readonly [Answer, Answer], state: TenantState): Outcome {
  const names = new Map<string, string>([
    [scene.tenantId, "tenant"],
    [scene.collectionId, "collection"],
    [scene.a.subjectId, "a"],
    [scene.a.templateId, "a's template"],
    [scene.b.subjectId, "b"],
    [scene.b.templateId, "b's template"],
    [scene.spareKeyId, "spare key"],
  ]);
  const name = (ids: Iterable<string>, as: string) => {
    for (const id of ids) if (!names.has(id)) names.set(id, `${as} ${id.split("_")[0]}`);
  };
  name(idsIn(answers[0]), "first's");
  name(idsIn(answers[1]), "second's");
  // Ids that no answer tells: of a success whose answer was that it has been deleted since.
  name(idsIn(state), "other");
  const named = (value: unknown) => JSON.stringify(value).replace(ID, (id) => names.get(id) ?? id);
  const rows = Object.entries(state)
    .filter(([table]) => table !== "erasures")
    .map(([table, rows]) => [table, (rows as unknown[]).map(named).toSorted()]);
  const told = (answer: Answer) => (deletedSince(answer) ? "deleted since" : named({ ...answer, message: undefined }));
  return { answers: [told(answers[0]), told(answers[1])], state: JSON.stringify(rows, null, 1) };
}

const idsIn = (value: unknown): string[] => JSON.stringify(value).match(ID) ?? [];

/** Whether an outcome is the same as a serial one. "Deleted since" stands for a success whose object the other mutation deleted. */
export const equals = (outcome: Outcome, serial: Outcome): boolean =>
  outcome.state === serial.state &&
  outcome.answers.every((answer, i) => answer === serial.answers[i] || answer === "deleted since");

/** Where the audit rows are not exactly one for each effect, as the answers tell of effects. */
export function auditFaults(
  mutations: readonly [Mutation, Mutation],
  answers: readonly [Answer, Answer],
  state: TenantState,
): string[] {
  const effects = new Map<string, Set<string>>();
  for (const [i, { field, success, idempotencyKey }] of mutations.entries()) {
    const answer = answers[i]!;
    const effect = effects.get(field) ?? new Set();
    if (answer.__typename === success || deletedSince(answer)) effect.add(idempotencyKey ?? String(i));
    effects.set(field, effect);
  }
  return [...effects].flatMap(([action, { size }]) => {
    const rows =
      state.audit.filter((row) => row.action === action).length - MADE_WITH[action as keyof typeof MADE_WITH];
    return rows === size ? [] : [`${rows} audit rows of ${action} for ${size} effects`];
  });
}

/** Audit rows that a scene has from the beginning. */
const MADE_WITH = {
  createCollection: 1,
  enroll: 2,
  createApiKey: 1,
  deleteCollection: 0,
  updateSubject: 0,
  deleteSubject: 0,
  deleteTemplate: 0,
  mergeSubjects: 0,
  revokeApiKey: 0,
} as const;
