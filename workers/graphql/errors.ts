import { GraphQLError } from "graphql";

/**
 * All values of `extensions.code`, for programs. Expected outcomes are not errors but members of a union type. `status`: the HTTP
 * status if nothing was executed. `spec`: a client that accepts only application/json gets 200 instead, as GraphQL over HTTP requires
 * for a well-formed request.
 */
const CODES = {
  /** Not a GraphQL request: a malformed body, a wrong method, or a batch. */
  BAD_REQUEST: { status: 400 },
  /** The media type of the body is not supported. */
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  /** The body is larger than 42 MB. The name comes from Yoga. */
  REQUEST_ENTITY_TOO_LARGE: { status: 413 },
  /** The key is missing, unknown, wrong, revoked or expired. */
  UNAUTHENTICATED: { status: 401, headers: { "WWW-Authenticate": "Bearer" } },
  /** Too many requests with one key, or too many without a valid key from one IP address. `Retry-After`: the seconds to wait. */
  RATE_LIMITED: { status: 429 },
  /** Other large requests use the memory for request bodies. `Retry-After`: the seconds to wait. */
  OVERLOADED: { status: 503 },
  /** The key does not have the required scope. Objects of another tenant are not forbidden but not found. */
  FORBIDDEN: { status: 403, spec: true },
  GRAPHQL_PARSE_FAILED: { status: 400, spec: true },
  GRAPHQL_VALIDATION_FAILED: { status: 400, spec: true },
  /** The document has no operation with this name, or has several operations and no name was sent. */
  OPERATION_RESOLUTION_FAILURE: { status: 400 },
  QUERY_TOO_LONG: { status: 400, spec: true },
  QUERY_TOO_DEEP: { status: 400, spec: true },
  TOO_MANY_ALIASES: { status: 400, spec: true },
  TOO_MANY_TOKENS: { status: 400, spec: true },
  QUERY_TOO_EXPENSIVE: { status: 400, spec: true },
  /** A variable or an argument is not valid by the schema or its documentation. */
  BAD_USER_INPUT: { status: 400, spec: true },
  /** An internal error. Find it in the log by its `requestId`. */
  INTERNAL: { status: 500 },
} as const satisfies Record<string, { status?: number; spec?: boolean; headers?: Record<string, string> }>;

export type ErrorCode = keyof typeof CODES;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(CODES, code);

/** An error of the whole request, thrown before execution. It also sets the HTTP status. */
export const requestError = (code: ErrorCode, message: string, from?: GraphQLError): GraphQLError =>
  new GraphQLError(message, {
    nodes: from?.nodes,
    source: from?.source,
    positions: from?.positions,
    extensions: { code, http: CODES[code] },
  });

export const rateLimited = (seconds: number): GraphQLError =>
  retryable("RATE_LIMITED", `Too many requests. Try again in ${seconds} seconds.`, seconds);

/** About as long as the request has already waited. */
const OVERLOADED_SECONDS = 10;

export const overloaded = (): GraphQLError =>
  retryable(
    "OVERLOADED",
    `The server is processing too many large requests. Try again in ${OVERLOADED_SECONDS} seconds, or send smaller pictures.`,
    OVERLOADED_SECONDS,
  );

/** A request error with a Retry-After header. */
const retryable = (code: "RATE_LIMITED" | "OVERLOADED", message: string, seconds: number): GraphQLError =>
  new GraphQLError(message, {
    extensions: { code, http: { ...CODES[code], headers: { "Retry-After": String(seconds) } } },
  });

/** An error of one field. The other fields keep their results. */
export const fieldError = (code: "FORBIDDEN" | "BAD_USER_INPUT", message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code } });

const MAX_MESSAGE_LENGTH = 500;

/** Converts an error of graphql-js about variables. Its message repeats the value, which can be a picture, so it is cut. */
export const badInput = (error: GraphQLError): GraphQLError =>
  requestError(
    "BAD_USER_INPUT",
    error.message.length > MAX_MESSAGE_LENGTH ? `${error.message.slice(0, MAX_MESSAGE_LENGTH)}…` : error.message,
    error,
  );
