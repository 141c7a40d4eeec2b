import type { PairFixture } from "../endpoint-types.ts";
import type { Mutation } from "./mutations.ts";
import type { TenantState } from "./state.ts";

/** The answer of a mutation: `__typename` and the selected fields. */
export interface Answer {
  __typename: string;
  message?: string;
  [field: string]: unknown;
}

/** The effect of two mutations on a fixture. Ids are replaced by names, so that two fixtures can be compared. */
export interface Outcome {
  answers: [string, string];
  state: string;
}

const ID = /\b[a-z]{2,8}_[0-9a-z]{26}\b/g;

/** A Conflict that says that the created object was deleted since. The mutation took effect. */
const DELETED_SINCE = /deleted since/;
const isDeletedSince = ({ __typename, message = "" }: Answer) =>
  __typename === "Conflict" && DELETED_SINCE.test(message);

export function outcomeOf(fixture: PairFixture, answers: readonly [Answer, Answer], state: TenantState): Outcome {
  const names = new Map<string, string>([
    [fixture.tenantId, "tenant"],
    [fixture.collectionId, "collection"],
    [fixture.a.subjectId, "a"],
    [fixture.a.templateId, "a's template"],
    [fixture.b.subjectId, "b"],
    [fixture.b.templateId, "b's template"],
    [fixture.spareKeyId, "spare key"],
  ]);
  const nameIds = (ids: Iterable<string>, as: string) => {
    for (const id of ids) if (!names.has(id)) names.set(id, `${as} ${id.split("_")[0]}`);
  };
  nameIds(idsIn(answers[0]), "first's");
  nameIds(idsIn(answers[1]), "second's");
  // Ids that occur in no answer: those of a success that was answered with "deleted since".
  nameIds(idsIn(state), "other");
  const replaceIds = (value: unknown) => JSON.stringify(value).replace(ID, (id) => names.get(id) ?? id);
  const rows = Object.entries(state)
    .filter(([table]) => table !== "erasures")
    .map(([table, rows]) => [table, (rows as unknown[]).map(replaceIds).toSorted()]);
  const describeAnswer = (answer: Answer) =>
    isDeletedSince(answer) ? "deleted since" : replaceIds({ ...answer, message: undefined });
  return { answers: [describeAnswer(answers[0]), describeAnswer(answers[1])], state: JSON.stringify(rows, null, 1) };
}

const idsIn = (value: unknown): string[] => JSON.stringify(value).match(ID) ?? [];

/** Whether an outcome equals a serial one. "deleted since" counts as a success whose object the other mutation deleted. */
export const isSameOutcome = (outcome: Outcome, serial: Outcome): boolean =>
  outcome.state === serial.state &&
  outcome.answers.every((answer, i) => answer === serial.answers[i] || answer === "deleted since");

/** Actions whose number of audit rows differs from the number of effects that the answers show. */
export function auditFaults(
  mutations: readonly [Mutation, Mutation],
  answers: readonly [Answer, Answer],
  state: TenantState,
): string[] {
  const effects = new Map<string, Set<string>>();
  for (const [i, { field, success, idempotencyKey }] of mutations.entries()) {
    const answer = answers[i]!;
    const effect = effects.get(field) ?? new Set();
    if (answer.__typename === success || isDeletedSince(answer)) effect.add(idempotencyKey ?? String(i));
    effects.set(field, effect);
  }
  return [...effects].flatMap(([action, { size }]) => {
    const rows =
      state.audit.filter((row) => row.action === action).length -
      INITIAL_AUDIT_ROWS[action as keyof typeof INITIAL_AUDIT_ROWS];
    return rows === size ? [] : [`${rows} audit rows of ${action} for ${size} effects`];
  });
}

/** Audit rows of a new fixture. */
const INITIAL_AUDIT_ROWS = {
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
