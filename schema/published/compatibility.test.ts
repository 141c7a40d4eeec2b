import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema, type GraphQLSchema } from "graphql";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const released = buildSchema(read("released.graphql"));
const current = buildSchema(read("schema.graphql"));

/** The section of the changelog for the next release. */
const unreleased = read("../../CHANGELOG.md").split(/^## /m)[1] ?? "";

/** The paths that break clients of the released schema, such as `Mutation.verify`. */
const breakingPaths = async (from: GraphQLSchema, to: GraphQLSchema): Promise<string[]> =>
  (await diff(from, to))
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ path, message }) => path ?? message);

const notNamed = (paths: string[], changelog: string): string[] =>
  paths.filter((path) => !changelog.includes(`\`${path}\``));

test("every change that breaks clients of the released schema is named in CHANGELOG.md", async () => {
  expect(unreleased).toMatch(/^Unreleased/);
  const missing = notNamed(await breakingPaths(released, current), unreleased);
  expect(missing, "Name each of these paths in backticks below “## Unreleased” in CHANGELOG.md").toEqual([]);
});

test("a removed field, a new required argument and a removed type are breaking changes, a new field is not", async () => {
  const before = buildSchema("type Query { a: Int  b(x: Int): Int  c: C } type C { d: Int }");
  const after = buildSchema("type Query { b(x: Int, y: Int!): Int  e: Int }");
  const paths = await breakingPaths(before, after);
  expect(paths.sort()).toEqual(["C", "Query.a", "Query.b.y", "Query.c"]);
  expect(notNamed(paths, "- Removed `Query.a` and `Query.c` with its type `C`")).toEqual(["Query.b.y"]);
});
