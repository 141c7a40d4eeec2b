import { useDisableIntrospection } from "@graphql-yoga/plugin-disable-introspection";
import type { DocumentNode } from "graphql";
import { _createLRUCache as createLruCache, createYoga, useExecutionCancellation } from "graphql-yoga";
import { log as console } from "../platform/log.ts";
import { authentication } from "./authentication.ts";
import { body } from "./body.ts";
import { createBodySemaphore } from "./body-memory.ts";
import {
  type Context,
  contextOf,
  createRequestState,
  type RequestDeps,
  type RequestState,
  type ServerDeps,
} from "./context.ts";
import { corsFor, varyByOrigin } from "./cors.ts";
import { cost } from "./cost.ts";
import { drainBody } from "./drain-body.ts";
import { executableSchema } from "./executable-schema.ts";
import { CACHED_DOCUMENTS, limits } from "./limits.ts";
import { masking } from "./masking.ts";
import { requestLog } from "./request-log.ts";
import { responseHeaders, serverTiming } from "./response-headers.ts";
import { rootScopes } from "./scopes.ts";

const schema = executableSchema();

/** GraphQL over HTTP at /graphql. Created once per isolate. */
export interface GraphQLServer {
  fetch(request: Request, deps: RequestDeps): Promise<Response>;
}

export function graphqlServer(serverDeps: ServerDeps): GraphQLServer {
  const {
    development,
    allowedOrigins,
    graphiql,
    log = console,
    rateLimits,
    bodySemaphore = createBodySemaphore(),
    clockRuns,
  } = serverDeps;
  const yoga = createYoga<RequestState, Context>({
    schema,
    graphqlEndpoint: "/graphql",
    context: (state) => contextOf(state, serverDeps),
    cors: corsFor(allowedOrigins),
    graphiql: development && graphiql !== undefined,
    ...(graphiql ? { renderGraphiQL: graphiql } : {}),
    landingPage: false,
    logging: false,
    // The plugin `masking` does this, and adds the request ID.
    maskedErrors: false,
    // The plugin `body` does this.
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: createLruCache<DocumentNode>({ max: CACHED_DOCUMENTS }),
      errorCache: createLruCache<Error>({ max: CACHED_DOCUMENTS }),
    },
    // In the order in which they check a request: key, body, document, scopes, variables, cost.
    plugins: [
      authentication(rateLimits),
      body(bodySemaphore),
      limits(),
      requestLog(log, clockRuns),
      ...(development ? [] : [useDisableIntrospection()]),
      rootScopes(schema),
      cost(schema),
      useExecutionCancellation(),
      masking(log),
      varyByOrigin(),
      responseHeaders(),
      serverTiming(clockRuns),
      drainBody(),
    ],
  });
  return {
    fetch: async (request, deps) => yoga.fetch(request, createRequestState(request, deps, serverDeps)),
  };
}
