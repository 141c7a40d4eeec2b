import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { GraphQLError, parse, type ValidationContext } from "graphql";
import type { Plugin } from "graphql-yoga";
import { type ErrorCode, refusal } from "./errors.ts";

/** collections → edges → node → subjects → edges → node → templates → quality is 8. */
const MAX_DEPTH = 10;
const MAX_ALIASES = 15;
const MAX_TOKENS = 1_000;
/** Characters of a document. Each is kept in the cache of parsed documents, so a picture does not belong into one. */
export const MAX_DOCUMENT = 100_000;
/** Parsed documents that are kept: at {@link MAX_TOKENS} each, about 20 MB of the isolate. */
export const CACHED_DOCUMENTS = 100;

/** Reported rather than thrown: so the verdict is kept in Yoga's validation cache, like any other. */
const reported = (code: ErrorCode, message: string) => ({
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null) => context?.reportError(refusal(code, message))],
});

/** Refuses documents that are too long, too deep or too repetitive, before anything is executed. */
export const limits = (): Plugin => ({
  onParams({ params: { query } }) {
    if (typeof query === "string" && query.length > MAX_DOCUMENT) {
      throw refusal(
        "QUERY_TOO_LONG",
        `The query has more than ${MAX_DOCUMENT} characters. Use variables for values, and split it.`,
      );
    }
  },
  onParse({ setParseFn }) {
    setParseFn(parseWithin);
  },
  onValidate({ addValidationRule }) {
    addValidationRule(depth);
    addValidationRule(aliases);
  },
});

const depth = maxDepthRule({
  n: MAX_DEPTH,
  flattenFragments: true,
  ...reported("QUERY_TOO_DEEP", `The query goes deeper than ${MAX_DEPTH} fields. Ask for less at once.`),
});

const aliases = maxAliasesRule({
  n: MAX_ALIASES,
  ...reported("TOO_MANY_ALIASES", `The query has more than ${MAX_ALIASES} aliases. Split it.`),
});

/** graphql's own limit, which ends the parser there and then; its error has no code of its own. */
const parseWithin: typeof parse = (source, options) => {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw error.message.includes(`more that ${MAX_TOKENS} tokens`)
      ? refusal("TOO_MANY_TOKENS", `The query has more than ${MAX_TOKENS} tokens. Use variables, or split it.`)
      : error;
  }
};
