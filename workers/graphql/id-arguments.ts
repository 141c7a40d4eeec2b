import { MapperKind, mapSchema } from "@graphql-tools/utils";
import { GraphQLID, type GraphQLInputType, type GraphQLSchema, getNamedType, isInputObjectType } from "graphql";
import { fieldError } from "./errors.ts";
import { guardField } from "./guard-field.ts";

/** Characters. An id of this API has 30; a style also goes by its plain name. */
const LONGEST_ID = 200;

/** Refuses ids that no object can have, so that a read is never given megabytes to compare: error BAD_USER_INPUT. */
export const withIdLimits = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) => {
      const types = Object.entries(field.args ?? {}).map(([name, { type }]) => [name, type] as const);
      if (!types.some(([, type]) => holdsIds(type))) return field;
      return guardField(field, (args) => {
        for (const [name, type] of types) checkIds(args[name], type, name);
      });
    },
  });

function holdsIds(type: GraphQLInputType, seen = new Set<GraphQLInputType>()): boolean {
  const named = getNamedType(type);
  if (named === GraphQLID || seen.has(named)) return named === GraphQLID;
  seen.add(named);
  return isInputObjectType(named) && Object.values(named.getFields()).some((field) => holdsIds(field.type, seen));
}

/** `path` is the argument's, as in `input.reference.subjectId`. */
function checkIds(value: unknown, type: GraphQLInputType, path: string): void {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkIds(item, type, `${path}[${i}]`);
    return;
  }
  const named = getNamedType(type);
  if (typeof value === "string" && named === GraphQLID) {
    if (value.length <= LONGEST_ID && value.isWellFormed()) return;
    throw fieldError(
      "BAD_USER_INPUT",
      `The argument ${path} is not valid. An id has at most ${LONGEST_ID} characters of valid Unicode.`,
    );
  }
  if (isInputObjectType(named) && typeof value === "object" && value !== null) {
    const fields = named.getFields();
    for (const [name, item] of Object.entries(value)) {
      if (fields[name]) checkIds(item, fields[name].type, `${path}.${name}`);
    }
  }
}
