import { getDirective } from "@graphql-tools/utils";
import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from "graphql";
import { type ComplexityEstimatorArgs, getComplexity } from "graphql-query-complexity";
import type { Plugin } from "graphql-yoga";
import * as v from "valibot";
import { badInput, refusal } from "./errors.ts";

/** Four inferences with what is asked of them, or a page of a hundred with a few reads each. */
const MAX_COST = 2_000;
/** How many wrong variables an answer names. */
const MAX_VARIABLE_ERRORS = 5;
/** What a field without `@cost` weighs. */
const FIELD = 1;
/** The longest page, and the most faces. */
const MOST = 100;

const Cost = v.object({
  weight: v.number(),
  times: v.optional(v.string()),
  items: v.optional(v.number(), 1),
  plus: v.optional(v.array(v.object({ weight: v.number(), argument: v.string() })), []),
});

/**
 * Checks the variables, then weighs what a request asks for, by `@cost` in the contract, before any of it is executed. The executor
 * and the weighing library coerce the variables again: that cannot fail any more, and is bounded as the request is.
 */
export const cost = (schema: GraphQLSchema): Plugin => {
  const weigh = ({ args: { document: query, variableValues, operationName }, setResultAndStopExecution }: Starting) => {
    const variables = variableValues ?? {};
    const definitions = getOperationAST(query, operationName)?.variableDefinitions ?? [];
    const { errors } = getVariableValues(schema, definitions, variables, { maxErrors: MAX_VARIABLE_ERRORS });
    const refused =
      errors?.map(badInput) ?? refusalOf(schema, { query, variables, operationName: operationName ?? undefined });
    if (refused) setResultAndStopExecution({ errors: refused });
  };
  // A subscription weighs what one of its events does; of these there are as many as a job has changes.
  return { onExecute: weigh, onSubscribe: weigh };
};

interface Starting {
  args: Pick<ExecutionArgs, "document" | "variableValues" | "operationName">;
  setResultAndStopExecution: (result: ExecutionResult) => void;
}

type Asked = Pick<Parameters<typeof getComplexity>[0], "query" | "variables" | "operationName">;

function refusalOf(schema: GraphQLSchema, asked: Asked): GraphQLError[] | undefined {
  try {
    const weight = getComplexity({ schema, estimators: [(field) => estimate(field, schema)], ...asked });
    return weight > MAX_COST ? [tooExpensive(`weighs ${weight}, and ${MAX_COST} is allowed`)] : undefined;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // Variables that do not fit have a place in the document; fragments that multiply without end have none.
    return [error.nodes ? badInput(error) : tooExpensive("asks for too many fields")];
  }
}

const tooExpensive = (why: string) =>
  refusal("QUERY_TOO_EXPENSIVE", `The request ${why}. Split it, or ask for smaller pages.`);

function estimate({ field, args, childComplexity }: ComplexityEstimatorArgs, schema: GraphQLSchema): number {
  const cost = costOf(field, schema);
  if (!cost) return FIELD + childComplexity;
  const { weight, times, items, plus } = cost;
  const extra = plus.reduce((sum, part) => sum + part.weight * unitsOf(part.argument, args), 0);
  return weight + extra + childComplexity * (times === undefined ? items : unitsOf(times, args) || MOST);
}

const known = new WeakMap<object, v.InferOutput<typeof Cost> | null>();

function costOf(field: ComplexityEstimatorArgs["field"], schema: GraphQLSchema) {
  let cost = known.get(field);
  if (cost === undefined) {
    const [directive] = (field.astNode && getDirective(schema, field, "cost")) ?? [];
    cost = directive ? v.parse(Cost, directive) : null;
    known.set(field, cost);
  }
  return cost;
}

/** A number counts for itself, as far as any may go (the resolver refuses more), anything else that is given for one, and false for none. */
function unitsOf(path: string, args: Record<string, unknown>): number {
  const value = path.split(".").reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), args);
  if (typeof value === "number") return Math.min(MOST, Math.max(1, value));
  return value === undefined || value === null || value === false ? 0 : 1;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
