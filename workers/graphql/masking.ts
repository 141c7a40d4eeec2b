import { GraphQLError, locatedError } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Log } from "../platform/log.ts";
import type { RequestState } from "./context.ts";
import { badInput, isErrorCode, requestError } from "./errors.ts";

/** Gives every error a code of the closed set. Replaces an internal error by a message with the request ID, and logs its cause. */
export const masking = (log: Log): Plugin<RequestState, RequestState> => ({
  onResultProcess({ result, setResult, serverContext }) {
    serverContext.outcome = "ok";
    // Batches are not supported. The events of a subscription are handled below.
    if (Array.isArray(result) || !("errors" in result) || !result.errors) return;
    const errors = result.errors.map((error) => toClientError(error, serverContext, log));
    serverContext.outcome = String(errors[0]?.extensions.code);
    setResult({ ...result, errors });
  },
  onSubscribe: ({ args: { contextValue } }) => ({
    onSubscribeResult: () => ({
      onNext({ result, setResult }) {
        if (!("errors" in result) || !result.errors) return;
        setResult({ ...result, errors: result.errors.map((error) => toClientError(error, contextValue, log)) });
      },
    }),
    onSubscribeError({ error, setError }) {
      setError(toClientError(locatedError(error, undefined), contextValue, log));
    },
  }),
});

function toClientError(error: GraphQLError, state: RequestState, log: Log): GraphQLError {
  if (isForClient(error)) {
    if (isErrorCode(error.extensions.code)) return error;
    // Errors of the executor about variables and arguments have no code.
    if (!error.path) return badInput(error);
  }
  const { requestId, operation } = state;
  log("error", { event: "request.failed", requestId, operation, error: causeOf(error) });
  const masked = requestError(
    "INTERNAL",
    "Something went wrong on the server. Try again. If the error persists, contact the operator with the requestId.",
  );
  const { code, http } = masked.extensions;
  return new GraphQLError(masked.message, {
    nodes: error.nodes,
    path: error.path,
    // If execution has started, the other fields keep their results, so the HTTP status is not set.
    extensions: { code, requestId, ...(error.path ? {} : { http }) },
  });
}

/** Whether the error was created for the client: a GraphQLError that does not wrap another kind of error. */
const isForClient = (error: GraphQLError): boolean =>
  error.originalError == null || (error.originalError instanceof GraphQLError && isForClient(error.originalError));

const causeOf = (error: GraphQLError): Error =>
  error.originalError instanceof GraphQLError ? causeOf(error.originalError) : (error.originalError ?? error);
