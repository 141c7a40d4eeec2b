import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { Random } from "./random.ts";
import { type KnownIds, randomValue } from "./values.ts";

/** A GraphQL request. */
export interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

/** The server refuses much deeper selections anyway (`workers/graphql/limits.ts`). */
const MAX_DEPTH = 6;

/** A random operation of the schema, with fields, arguments, variables, fragments, aliases and directives. */
export function randomOperation(schema: GraphQLSchema, random: Random, known: KnownIds): Operation {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: string[] = [];

  const argumentsOf = (field: GraphQLField<unknown, unknown>): string => {
    const given = field.args
      .filter(({ type }) => (isNonNullType(type) ? random.chance(0.98) : random.chance(0.5)))
      .map(({ name, type }) => {
        const value = randomValue(type, random, known);
        if (random.chance(0.5)) return `${name}: ${literal(value, type)}`;
        const variable = `v${declared.length}`;
        declared.push(`$${variable}: ${random.chance(0.95) ? type : "String"}`);
        if (random.chance(0.97)) variables[variable] = value;
        return `${name}: $${variable}`;
      });
    return given.length === 0 ? "" : `(${given.join(", ")})`;
  };

  const fieldOf = (field: GraphQLField<unknown, unknown>, depth: number): string => {
    const alias = random.chance(0.1) ? `a${random.int(3)}: ` : "";
    const directive = random.chance(0.04)
      ? random.pick([" @skip(if: false)", " @include(if: true)", " @skip(if: $x)", " @nope"])
      : "";
    return `${alias}${field.name}${argumentsOf(field)}${directive}${selectionOf(field.type, depth + 1)}`;
  };

  const selectionOf = (output: GraphQLOutputType, depth: number): string => {
    const type = getNamedType(output);
    if (isLeafType(type)) return random.chance(0.01) ? " { id }" : "";
    if (random.chance(0.01)) return "";
    const chosen = ["__typename"];
    if (isAbstractType(type)) {
      for (const possible of schema.getPossibleTypes(type))
        if (random.chance(0.6)) chosen.push(`... on ${possible.name}${selectionOf(possible, depth)}`);
    }
    if (isCompositeType(type) && "getFields" in type) {
      for (const field of Object.values(type.getFields())) {
        const composite = isCompositeType(getNamedType(field.type));
        if (random.chance(composite ? (depth < MAX_DEPTH ? 0.35 : 0.02) : 0.5)) chosen.push(fieldOf(field, depth));
      }
    }
    if (isObjectType(type) && random.chance(0.03)) {
      const name = `f${fragments.length}`;
      fragments.push(`fragment ${name} on ${type.name} { ${random.chance(0.1) ? `...${name}` : "__typename"} }`);
      chosen.push(`...${name}`);
    }
    return ` { ${chosen.join(" ")} }`;
  };

  const mutation = random.chance(0.5);
  const root = (mutation ? schema.getMutationType() : schema.getQueryType())!;
  const fields = Object.values(root.getFields());
  const body = Array.from({ length: random.chance(0.85) ? 1 : 1 + random.int(4) }, () =>
    fieldOf(random.pick(fields), 0),
  );
  const head = declared.length === 0 ? "" : `(${declared.join(", ")})`;
  return {
    query: [`${mutation ? "mutation" : "query"} Fuzz${head} { ${body.join(" ")} }`, ...fragments].join("\n"),
    variables,
  };
}

/** A value as a GraphQL literal: enum values and field names have no quotes. */
function literal(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) {
    const of = isListType(type) ? type.ofType : type;
    return `[${value.map((item) => literal(item, of)).join(", ")}]`;
  }
  if (typeof value === "object") {
    const fields = isInputObjectType(type) ? type.getFields() : {};
    const written = Object.entries(value).map(([name, item]) => {
      const of = fields[name]?.type;
      return `${name}: ${of ? literal(item, of) : JSON.stringify(item)}`;
    });
    return `{ ${written.join(", ")} }`;
  }
  return isEnumType(type) ? String(value) : JSON.stringify(value);
}
