import { type DocumentNode, Kind } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Log, LogEntry } from "../platform/log.ts";
import type { Visit } from "./context.ts";

/**
 * The line is written when the answer has left: nobody waits for the console, which on one's own machine takes more than a
 * millisecond. With no delay it is written before the answer is sent.
 */
const AFTER_ANSWER_MS = 10;

/** One line for each request: who asked for which fields, how it ended, and how long it took; and its id to the client. */
export const requestLog = (log: Log, clockRuns: () => boolean): Plugin<Visit, Visit> => ({
  onExecute({ args: { document, operationName, contextValue } }) {
    contextValue.operation = rootFields(document, operationName ?? undefined);
  },
  // A subscription has its line when it begins.
  onSubscribe({ args: { document, operationName, contextValue } }) {
    contextValue.operation = rootFields(document, operationName ?? undefined);
  },
  async onResponse({ response, serverContext: visit }) {
    const { requestId, operation, outcome, stopwatch } = visit;
    response.headers.set("X-Request-Id", requestId);
    const principal = await visit.authenticating.catch(() => undefined);
    const entry: LogEntry = {
      event: "request",
      requestId,
      tenantId: principal?.tenantId,
      keyId: principal?.keyId,
      operation,
      outcome: outcome ?? String(response.status),
      ms: clockRuns() ? Math.round(stopwatch.total) : undefined,
    };
    visit.later(new Promise((logged) => setTimeout(() => logged(log("info", entry)), AFTER_ANSWER_MS)));
  },
});

/** Of the operation that is executed. They are names of the schema: the document has been validated. */
function rootFields(document: DocumentNode, operationName: string | undefined): string {
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || definition.name?.value === operationName),
  );
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return "";
  return operation.selectionSet.selections
    .flatMap((field) => (field.kind === Kind.FIELD ? [field.name.value] : []))
    .join(" ");
}
