import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { badInput, refusal } from "./errors.ts";
import { priceOf, TooManyFields } from "./price.ts";

/** About eight seconds of one CPU at worst: a picture with a hundred faces, or four with one, or 400 reads of the database. */
export const MAX_COST = 2_000;
/** How many wrong variables an answer names. */
const MAX_VARIABLE_ERRORS = 5;

/**
 * Checks the variables, then weighs what a request asks for, by `@cost` in the contract, before any of it is executed. The executor
 * coerces the variables again: that cannot fail any more, and is bounded as the request is.
 */
export const cost = (schema: GraphQLSchema): Plugin => {
  const weigh = ({ args, setResultAndStopExecution }: Starting) => {
    const errors = refusalsOf(schema, args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
  };
  // A subscription weighs what one of its events does; of these there are as many as a job has changes.
  return { onExecute: weigh, onSubscribe: weigh };
};

type Asked = Pick<ExecutionArgs, "document" | "variableValues" | "operationName">;

interface Starting {
  args: Asked;
  setResultAndStopExecution: (result: ExecutionResult) => void;
}

function refusalsOf(schema: GraphQLSchema, { document, variableValues, operationName }: Asked): GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  // The executor says so.
  if (!operation) return [];
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: MAX_VARIABLE_ERRORS,
  });
  if (errors) return errors.map(badInput);
  try {
    const price = priceOf(schema, document, operation, coerced);
    return price > MAX_COST ? [tooExpensive(`weighs ${Math.ceil(price)}, and ${MAX_COST} is allowed`)] : [];
  } catch (error) {
    if (error instanceof TooManyFields) return [tooExpensive("asks for too many fields")];
    // An argument whose variable is null, or missing, where that may not be.
    if (error instanceof GraphQLError) return [badInput(error)];
    throw error;
  }
}

const tooExpensive = (why: string) =>
  refusal("QUERY_TOO_EXPENSIVE", `The request ${why}. Split it, or ask for smaller pages.`);
