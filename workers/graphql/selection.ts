import { collectSubFields } from "@graphql-tools/utils";
import { assertObjectType, type GraphQLResolveInfo } from "graphql";

/**
 * Whether the request asks for a field of what a resolver answers, where that is of the type named: so that work for it is done
 * beforehand or not at all. Follows fragments, `@skip` and `@include`.
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
