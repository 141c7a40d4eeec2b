import { type DocumentNode, Kind } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Log, LogLine } from "../platform/log.ts";
import type { RequestState } from "./context.ts";

/**
 * The delay of the log line, so that the response does not wait for the console. On a local machine the console takes more than a
 * millisecond. Without a delay, the line is written before the response is sent.
 */
const LOG_DELAY_MS = 10;

/** Logs one line per request: the caller, the root fields, the outcome and the duration. Adds the request ID to the response. */
export const requestLog = (log: Log, clockRuns: () => boolean): Plugin<RequestState, RequestState> => ({
  onExecute({ args: { document, operationName, contextValue } }) {
    contextValue.operation = rootFields(document, operationName ?? undefined);
  },
  // A subscription is logged when it starts.
  onSubscribe({ args: { document, operationName, contextValue } }) {
    contextValue.operation = rootFields(document, operationName ?? undefined);
  },
  async onResponse({ response, serverContext: state }) {
    const { requestId, operation, outcome, stopwatch } = state;
    response.headers.set("X-Request-Id", requestId);
    const principal = await state.authentication.catch(() => undefined);
    const entry: LogLine = {
      event: "request",
      requestId,
      tenantId: principal?.tenantId,
      keyId: principal?.keyId,
      operation,
      outcome: outcome ?? String(response.status),
      ms: clockRuns() ? Math.round(stopwatch.total) : undefined,
    };
    state.waitUntil(new Promise((logged) => setTimeout(() => logged(log("info", entry)), LOG_DELAY_MS)));
  },
});

/** The root fields of the executed operation. The document has been validated, so they are names of the schema. */
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
