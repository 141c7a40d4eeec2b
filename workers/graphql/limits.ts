import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { GraphQLError, parse, type ValidationContext } from "graphql";
import type { Plugin } from "graphql-yoga";
import { type ErrorCode, requestError } from "./errors.ts";

/** collections → edges → node → subjects → edges → node → templates → quality is 8. */
const MAX_DEPTH = 10;
const MAX_ALIASES = 15;
const MAX_TOKENS = 1_000;
/** In characters. Parsed documents are cached, so a document must not contain a picture. */
export const MAX_DOCUMENT_LENGTH = 100_000;
/** The number of cached parsed documents. With {@link MAX_TOKENS} tokens each, they take about 20 MB of the isolate. */
export const CACHED_DOCUMENTS = 100;

/** Reports the error instead of throwing it, so that Yoga stores the result in its validation cache. */
const reportError = (code: ErrorCode, message: string) => ({
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null) => context?.reportError(requestError(code, message))],
});

/** Refuses documents that are too long, too deep or have too many aliases or tokens, before execution. */
export const limits = (): Plugin => ({
  onParams({ params: { query } }) {
    if (typeof query === "string" && query.length > MAX_DOCUMENT_LENGTH) {
      throw requestError(
        "QUERY_TOO_LONG",
        `The query has more than ${MAX_DOCUMENT_LENGTH} characters. Send values as variables, or split the query.`,
      );
    }
  },
  onParse({ setParseFn }) {
    setParseFn(parseWithTokenLimit);
  },
  onValidate({ addValidationRule }) {
    addValidationRule(depth);
    addValidationRule(aliases);
  },
});

const depth = maxDepthRule({
  n: MAX_DEPTH,
  flattenFragments: true,
  ...reportError(
    "QUERY_TOO_DEEP",
    `The query is nested more than ${MAX_DEPTH} fields deep. Split it into several queries.`,
  ),
});

const aliases = maxAliasesRule({
  n: MAX_ALIASES,
  ...reportError("TOO_MANY_ALIASES", `The query has more than ${MAX_ALIASES} aliases. Split it into several queries.`),
});

/** Uses the token limit of graphql-js, which stops the parser immediately. Its error has no code, so it is recognized by its message. */
const parseWithTokenLimit: typeof parse = (source, options) => {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw error.message.includes(`more that ${MAX_TOKENS} tokens`)
      ? requestError(
          "TOO_MANY_TOKENS",
          `The query has more than ${MAX_TOKENS} tokens. Send values as variables, or split the query.`,
        )
      : error;
  }
};
