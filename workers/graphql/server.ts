import { useDisableIntrospection } from "@graphql-yoga/plugin-disable-introspection";
import type { DocumentNode } from "graphql";
import { _createLRUCache as createLruCache, createYoga, useExecutionCancellation } from "graphql-yoga";
import { log as console } from "../platform/log.ts";
import { authentication } from "./authentication.ts";
import { body } from "./body.ts";
import { type Bindings, beginVisit, type Context, contextOf, type ServerParts, type Visit } from "./context.ts";
import { corsFor, varyByOrigin } from "./cors.ts";
import { cost } from "./cost.ts";
import { executableSchema } from "./executable-schema.ts";
import { roomForBodies } from "./held-body.ts";
import { CACHED_DOCUMENTS, limits } from "./limits.ts";
import { lingering } from "./lingering.ts";
import { masking } from "./masking.ts";
import { requestLog } from "./request-log.ts";
import { responseHeaders } from "./response-headers.ts";
import { rootScopes } from "./scopes.ts";
import { serverTiming } from "./server-timing.ts";

const schema = executableSchema();

/** GraphQL over HTTP at /graphql. Made once an isolate. */
export interface GraphQLServer {
  fetch(request: Request, bindings: Bindings): Promise<Response>;
}

export function graphqlServer(parts: ServerParts): GraphQLServer {
  const {
    development,
    allowedOrigins,
    graphiql,
    log = console,
    rateLimits,
    bodyRoom = roomForBodies(),
    clockRuns,
  } = parts;
  const yoga = createYoga<Visit, Context>({
    schema,
    graphqlEndpoint: "/graphql",
    context: (visit) => contextOf(visit, parts),
    cors: corsFor(allowedOrigins),
    graphiql: development && graphiql !== undefined,
    ...(graphiql ? { renderGraphiQL: graphiql } : {}),
    landingPage: false,
    logging: false,
    // The plugin `masking` does it, with the request's id.
    maskedErrors: false,
    // The plugin `body` does it.
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: createLruCache<DocumentNode>({ max: CACHED_DOCUMENTS }),
      errorCache: createLruCache<Error>({ max: CACHED_DOCUMENTS }),
    },
    // In the order in which they look at a request: the key, then the body, the document, the scopes, the variables.
    plugins: [
      authentication(rateLimits),
      body(bodyRoom),
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
      lingering(),
    ],
  });
  return {
    fetch: async (request, bindings) => yoga.fetch(request, beginVisit(request, bindings, parts)),
  };
}
