import { collectSubFields } from "@graphql-tools/utils";
import { assertObjectType, type GraphQLResolveInfo } from "graphql";

/**
 * Whether the request selects a field of the result of a resolver, if the result has the type `typeName`. The resolver can then skip the
 * work for that field. Follows fragments, `@skip` and `@include`.
 */
export function selects(
  { schema, fragments, variableValues, fieldNodes }: GraphQLResolveInfo,
  typeName: string,
  field: string,
): boolean {
  const type = assertObjectType(schema.getType(typeName));
  const { fields } = collectSubFields(schema, fragments, variableValues, type, [...fieldNodes]);
  return [...fields.values()].some(([node]) => node?.name.value === field);
}
