import { GraphQLError, locatedError } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Log } from "../platform/log.ts";
import type { Visit } from "./context.ts";
import { badInput, isErrorCode, refusal } from "./errors.ts";

/** Sees to it that every error has a code of the closed set, and that nothing is told of a fault but where to find it. */
export const masking = (log: Log): Plugin<Visit, Visit> => ({
  onResultProcess({ result, setResult, serverContext }) {
    serverContext.outcome = "ok";
    // Batches are not served, and what a stream brings is seen to below.
    if (Array.isArray(result) || !("errors" in result) || !result.errors) return;
    const errors = result.errors.map((error) => settled(error, serverContext, log));
    serverContext.outcome = String(errors[0]?.extensions.code);
    setResult({ ...result, errors });
  },
  onSubscribe: ({ args: { contextValue } }) => ({
    onSubscribeResult: () => ({
      onNext({ result, setResult }) {
        if (!("errors" in result) || !result.errors) return;
        setResult({ ...result, errors: result.errors.map((error) => settled(error, contextValue, log)) });
      },
    }),
    onSubscribeError({ error, setError }) {
      setError(settled(locatedError(error, undefined), contextValue, log));
    },
  }),
});

function settled(error: GraphQLError, visit: Visit, log: Log): GraphQLError {
  if (isMeant(error)) {
    if (isErrorCode(error.extensions.code)) return error;
    // The executor's own word on variables and arguments has no code.
    if (!error.path) return badInput(error);
  }
  const { requestId, operation } = visit;
  log("error", { event: "request.failed", requestId, operation, error: causeOf(error) });
  const masked = refusal("INTERNAL", "Something went wrong on our side. Try again; if it stays, name the requestId.");
  const { code, http } = masked.extensions;
  return new GraphQLError(masked.message, {
    nodes: error.nodes,
    path: error.path,
    // Where something was executed, the other fields' answers stand.
    extensions: { code, requestId, ...(error.path ? {} : { http }) },
  });
}

/** Whether it was made for the client: a GraphQLError, and not one around something that was thrown. */
const isMeant = (error: GraphQLError): boolean =>
  error.originalError == null || (error.originalError instanceof GraphQLError && isMeant(error.originalError));

const causeOf = (error: GraphQLError): Error =>
  error.originalError instanceof GraphQLError ? causeOf(error.originalError) : (error.originalError ?? error);
