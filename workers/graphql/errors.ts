import { GraphQLError } from "graphql";

/**
 * All codes that an error's `extensions.code` may have: what a program goes by. An expected outcome is no error but a type
 * of a union. `status` is the HTTP status where nothing was executed; `spec`: a client that accepts only application/json
 * gets 200 instead, as GraphQL over HTTP has it for a document that was understood as a request.
 */
const CODES = {
  /** Not a GraphQL request: a broken body, a wrong method, several requests in one. */
  BAD_REQUEST: { status: 400 },
  /** The body is of a media type that is not read. */
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  /** The body is larger than 42 MB. Yoga's name for it. */
  REQUEST_ENTITY_TOO_LARGE: { status: 413 },
  /** No key, or one that is unknown, wrong, revoked or expired. */
  UNAUTHENTICATED: { status: 401, headers: { "WWW-Authenticate": "Bearer" } },
  /** Too many requests by one key, or without a valid one from one address. `Retry-After` says how many seconds to wait. */
  RATE_LIMITED: { status: 429 },
  /** Other large requests hold what the isolate has for them. `Retry-After` says how many seconds to wait. */
  OVERLOADED: { status: 503 },
  /** The key lacks the scope. Never said of what belongs to somebody else: that is not found. */
  FORBIDDEN: { status: 403, spec: true },
  GRAPHQL_PARSE_FAILED: { status: 400, spec: true },
  GRAPHQL_VALIDATION_FAILED: { status: 400, spec: true },
  /** The document has no such operation, or several and none was named. */
  OPERATION_RESOLUTION_FAILURE: { status: 400 },
  QUERY_TOO_LONG: { status: 400, spec: true },
  QUERY_TOO_DEEP: { status: 400, spec: true },
  TOO_MANY_ALIASES: { status: 400, spec: true },
  TOO_MANY_TOKENS: { status: 400, spec: true },
  QUERY_TOO_EXPENSIVE: { status: 400, spec: true },
  /** A variable or an argument is not what the schema or the documentation says. */
  BAD_USER_INPUT: { status: 400, spec: true },
  /** A fault of ours. `requestId` finds it in the log. */
  INTERNAL: { status: 500 },
} as const satisfies Record<string, { status?: number; spec?: boolean; headers?: Record<string, string> }>;

export type ErrorCode = keyof typeof CODES;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(CODES, code);

/** An error for the client, thrown before anything is executed: it sets the HTTP status too. */
export const refusal = (code: ErrorCode, message: string, from?: GraphQLError): GraphQLError =>
  new GraphQLError(message, {
    nodes: from?.nodes,
    source: from?.source,
    positions: from?.positions,
    extensions: { code, http: CODES[code] },
  });

export const rateLimited = (seconds: number): GraphQLError =>
  retryable("RATE_LIMITED", `Too many requests. Try again in ${seconds} s.`, seconds);

/** About as long as a request has waited in vain. */
const OVERLOADED_SECONDS = 10;

export const overloaded = (): GraphQLError =>
  retryable(
    "OVERLOADED",
    `Too many large requests at once. Try again in ${OVERLOADED_SECONDS} s, or send smaller pictures.`,
    OVERLOADED_SECONDS,
  );

/** A refusal, with how many seconds to wait. */
const retryable = (code: "RATE_LIMITED" | "OVERLOADED", message: string, seconds: number): GraphQLError =>
  new GraphQLError(message, {
    extensions: { code, http: { ...CODES[code], headers: { "Retry-After": String(seconds) } } },
  });

/** An error for the client, of one field: what the other fields answer stands. */
export const fieldError = (code: "FORBIDDEN" | "BAD_USER_INPUT", message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code } });

const LONGEST_MESSAGE = 500;

/** What graphql itself says of variables. It repeats what was sent, which may be a picture. */
export const badInput = (error: GraphQLError): GraphQLError =>
  refusal(
    "BAD_USER_INPUT",
    error.message.length > LONGEST_MESSAGE ? `${error.message.slice(0, LONGEST_MESSAGE)}…` : error.message,
    error,
  );
