import { getDirective } from "@graphql-tools/utils";
import {
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { expect, test } from "vitest";
import { SCOPES } from "../access/scopes.ts";
import { executableSchema } from "./executable-schema.ts";

const schema = executableSchema();
/** Query, Mutation and Subscription. */
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => !!type);
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

test("every type, field, argument and enum value of the schema has a description", () => {
  const undescribed = types.flatMap((type) => {
    const parts = isEnumType(type)
      ? type.getValues()
      : isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
        ? Object.values(type.getFields())
        : [];
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    return [
      ...(roots.some((root) => root === type) || type.description ? [] : [type.name]),
      ...parts.filter(({ description }) => !description).map(({ name }) => `${type.name}.${name}`),
      ...fields.flatMap((field) =>
        field.args.filter(({ description }) => !description).map(({ name }) => `${type.name}.${field.name}(${name})`),
      ),
    ];
  });
  expect(undescribed).toEqual([]);
});

test("every root field has @requires, except those that any key can select", () => {
  expect(roots.map(({ name }) => name)).toEqual(["Query", "Mutation", "Subscription"]);
  const open = roots.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => !getDirective(schema, field, "requires"))
      .map(({ name }) => name),
  );
  expect(open.sort()).toEqual(["models", "node", "viewer"]);
});

test("every root field has @cost", () => {
  const free = roots.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => !getDirective(schema, field, "cost"))
      .map(({ name }) => name),
  );
  // The key has already been read.
  expect(free).toEqual(["viewer"]);
});

test("every list of objects has a maximum length for its cost", () => {
  const lengths = new Set<string>();
  const open: string[] = [];
  const fields = types.flatMap((type) =>
    isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : [],
  );
  const costOf = (field: (typeof fields)[number]["field"]) => getDirective(schema, field, "cost")?.[0] ?? {};
  for (const { field } of fields) for (const { name } of costOf(field).lists ?? []) lengths.add(name);
  for (const { type, field } of fields) {
    if (!isListType(getNullableType(field.type)) || !isObjectType(getNamedType(field.type))) continue;
    if (costOf(field).most === undefined && !lengths.has(field.name)) open.push(`${type.name}.${field.name}`);
  }
  expect(open).toEqual([]);
});

test("the scopes of the schema are the scopes that are stored with keys", () => {
  const scope = schema.getType("Scope");
  expect(
    isEnumType(scope) &&
      scope
        .getValues()
        .map(({ name }) => name)
        .sort(),
  ).toEqual([...SCOPES].sort());
});

test("no query or subscription takes a file, because clients cache the results of queries", () => {
  const takesFile = (type: GraphQLInputType, seen = new Set<GraphQLInputType>()): boolean => {
    const named = getNamedType(type);
    if (seen.has(named)) return false;
    seen.add(named);
    return (
      named.name === "Upload" ||
      (isInputObjectType(named) && Object.values(named.getFields()).some((field) => takesFile(field.type, seen)))
    );
  };
  const withFiles = (root: GraphQLObjectType | null | undefined) =>
    Object.values(root?.getFields() ?? {})
      .filter(({ args }) => args.some(({ type }) => takesFile(type)))
      .map(({ name }) => name);
  expect(withFiles(schema.getQueryType())).toEqual([]);
  expect(withFiles(schema.getSubscriptionType())).toEqual([]);
  expect(withFiles(schema.getMutationType())).toEqual(expect.arrayContaining(["detect", "identify", "verify"]));
});
