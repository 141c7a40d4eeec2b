import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { badInput, requestError } from "./errors.ts";
import { MAX_FIELDS, queryCost, TooManyFieldsError } from "./query-cost.ts";

/**
 * About eight seconds of one CPU in the worst case: one picture with 100 faces, four pictures with one face each, or 400 database
 * reads.
 */
export const MAX_COST = 2_000;
/** The maximum number of invalid variables that a response lists. */
const MAX_VARIABLE_ERRORS = 5;

/**
 * Checks the variables and the cost of an operation (`@cost` in the schema) before execution. The executor coerces the variables again.
 * That cannot fail anymore, and its work is bounded by the size of the request.
 */
export const cost = (schema: GraphQLSchema): Plugin => {
  const check = ({ args, setResultAndStopExecution }: ExecutionStart) => {
    const errors = requestErrorsOf(schema, args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
  };
  // The cost of a subscription is the cost of one event. The number of events is limited by the number of changes of a job.
  return { onExecute: check, onSubscribe: check };
};

type OperationArgs = Pick<ExecutionArgs, "document" | "variableValues" | "operationName">;

interface ExecutionStart {
  args: OperationArgs;
  setResultAndStopExecution: (result: ExecutionResult) => void;
}

function requestErrorsOf(
  schema: GraphQLSchema,
  { document, variableValues, operationName }: OperationArgs,
): GraphQLError[] {
  const operation = getOperationAST(document, operationName);
  // The executor reports this error.
  if (!operation) return [];
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: MAX_VARIABLE_ERRORS,
  });
  if (errors) return errors.map(badInput);
  try {
    const cost = queryCost(schema, document, operation, coerced);
    return cost > MAX_COST ? [tooExpensive(`has a cost of ${Math.ceil(cost)}; the limit is ${MAX_COST}`)] : [];
  } catch (error) {
    if (error instanceof TooManyFieldsError) return [tooExpensive(`selects more than ${MAX_FIELDS} fields`)];
    // The variable of a non-null argument is null or missing.
    if (error instanceof GraphQLError) return [badInput(error)];
    throw error;
  }
}

const tooExpensive = (reason: string) =>
  requestError(
    "QUERY_TOO_EXPENSIVE",
    `The request ${reason}. Split it into several requests, or request smaller pages.`,
  );
