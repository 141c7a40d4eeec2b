import { MapperKind, mapSchema } from "@graphql-tools/utils";
import { assertValidSchema, GraphQLError, GraphQLScalarType, type GraphQLSchema } from "graphql";
import { DateTimeResolver, SafeIntResolver, URLResolver } from "graphql-scalars";
import { createSchema } from "graphql-yoga";
import { allows } from "../access/scopes.ts";
import type { Context } from "./context.ts";
import { fieldError } from "./errors.ts";
import { guardField } from "./guard-field.ts";
import { withIdLimits } from "./id-arguments.ts";
import { access } from "./resolvers/access.ts";
import { enrollment } from "./resolvers/enrollment.ts";
import { faces } from "./resolvers/faces.ts";
import { gallery } from "./resolvers/gallery.ts";
import { identification } from "./resolvers/identification.ts";
import { jobs } from "./resolvers/jobs.ts";
import { models } from "./resolvers/models.ts";
import { node } from "./resolvers/node.ts";
import { stylization } from "./resolvers/stylization.ts";
import { verification } from "./resolvers/verification.ts";
import { typeDefs } from "./schema.generated.ts";
import { forbiddenMessage, requiredScopes } from "./scopes.ts";

/** The bytes of a file of a multipart request. A literal of this type is not possible. */
const Upload = new GraphQLScalarType<Uint8Array, never>({
  name: "Upload",
  description: "A file of a multipart request, by the GraphQL multipart request specification.",
  parseValue: (value) => {
    if (value instanceof Uint8Array) return value;
    throw new GraphQLError(
      "Not an uploaded file. Send the file in a multipart request, as the GraphQL multipart request specification defines.",
    );
  },
});

/** graphql-scalars throws the TypeError of `new URL`, which would be reported as an internal error. */
const withUrlError =
  <Given extends unknown[]>(parse: (...given: Given) => unknown) =>
  (...given: Given): unknown => {
    try {
      return parse(...given);
    } catch (error) {
      throw error instanceof GraphQLError
        ? error
        : new GraphQLError("Not an absolute URL. Send a URL such as https://example.com/photo.jpg.");
    }
  };

const AbsoluteURL = new GraphQLScalarType({
  ...URLResolver.toConfig(),
  parseValue: withUrlError(URLResolver.parseValue),
  parseLiteral: withUrlError(URLResolver.parseLiteral),
});

/** Creates the schema with its resolvers. It is created and validated when the isolate starts, not at the first request. */
export function executableSchema(): GraphQLSchema {
  const schema = withScopes(
    withIdLimits(
      createSchema<Context>({
        typeDefs,
        resolvers: [
          { DateTime: DateTimeResolver, SafeInt: SafeIntResolver, URL: AbsoluteURL, Upload },
          access,
          enrollment,
          faces,
          gallery,
          identification,
          jobs,
          models,
          node,
          stylization,
          verification,
        ],
      }),
    ),
  );
  assertValidSchema(schema);
  return schema;
}

/** Enforces `@requires`: the field is resolved only for keys with one of its scopes. */
const withScopes = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field, name) => {
      const anyOf = requiredScopes(schema, { name, astNode: field.astNode });
      if (anyOf.length === 0) return field;
      return guardField(field, (_, { principal }) => {
        if (!allows(principal.scopes, anyOf)) throw fieldError("FORBIDDEN", forbiddenMessage(name, anyOf));
      });
    },
  });
