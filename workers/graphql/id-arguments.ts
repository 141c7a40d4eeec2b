import { MapperKind, mapSchema } from "@graphql-tools/utils";
import { GraphQLID, type GraphQLInputType, type GraphQLSchema, getNamedType, isInputObjectType } from "graphql";
import { fieldError } from "./errors.ts";
import { guardField } from "./guard-field.ts";

/** In characters. An ID of this API has 30 characters; styles that come with the product also have plain names. */
const MAX_ID_LENGTH = 200;

/** Refuses IDs that no object can have, with BAD_USER_INPUT. Without it, the database would compare IDs of megabytes. */
export const withIdLimits = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) => {
      const types = Object.entries(field.args ?? {}).map(([name, { type }]) => [name, type] as const);
      if (!types.some(([, type]) => containsIds(type))) return field;
      return guardField(field, (args) => {
        for (const [name, type] of types) checkIds(args[name], type, name);
      });
    },
  });

function containsIds(type: GraphQLInputType, seen = new Set<GraphQLInputType>()): boolean {
  const named = getNamedType(type);
  if (named === GraphQLID || seen.has(named)) return named === GraphQLID;
  seen.add(named);
  return isInputObjectType(named) && Object.values(named.getFields()).some((field) => containsIds(field.type, seen));
}

/** `path`: the path of the argument, such as `input.reference.subjectId`. */
function checkIds(value: unknown, type: GraphQLInputType, path: string): void {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkIds(item, type, `${path}[${i}]`);
    return;
  }
  const named = getNamedType(type);
  if (typeof value === "string" && named === GraphQLID) {
    if (value.length <= MAX_ID_LENGTH && value.isWellFormed()) return;
    throw fieldError(
      "BAD_USER_INPUT",
      `The argument ${path} is not valid. An ID must be valid Unicode and have at most ${MAX_ID_LENGTH} characters.`,
    );
  }
  if (isInputObjectType(named) && typeof value === "object" && value !== null) {
    const fields = named.getFields();
    for (const [name, item] of Object.entries(value)) {
      if (fields[name]) checkIds(item, fields[name].type, `${path}.${name}`);
    }
  }
}
