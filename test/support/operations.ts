import fc, { type Arbitrary } from "fast-check";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

export interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

/** Draws a value from an arbitrary of fast-check. */
type Draw = <T>(arbitrary: Arbitrary<T>) => T;
/** The arbitrary for an argument or input field of this name. If it is undefined, any value of the type is drawn. */
export type ValueFor = (name: string, parent: string) => Arbitrary<unknown> | undefined;

const MAX_FIELDS = 4;
const MAX_DEPTH = 9;

/** Random operations of a schema, with any fields in any nesting. Arguments are omitted, null, literals or variables. */
export const operationsOf = (schema: GraphQLSchema, valueFor: ValueFor): Arbitrary<Operation> =>
  fc.gen().map((gen) => {
    const draw: Draw = (arbitrary) => gen(() => arbitrary);
    return new Writer(schema, valueFor, draw).operation();
  });

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #valueFor: ValueFor;
  readonly #draw: Draw;
  readonly #definitions: string[] = [];
  readonly #variables: Record<string, unknown> = {};

  constructor(schema: GraphQLSchema, valueFor: ValueFor, draw: Draw) {
    this.#schema = schema;
    this.#valueFor = valueFor;
    this.#draw = draw;
  }

  operation(): Operation {
    const kind = this.#oneOf(["query", "query", "mutation"] as const);
    const type = kind === "query" ? this.#schema.getQueryType() : this.#schema.getMutationType();
    if (!type) throw new TypeError(`The schema has no ${kind}.`);
    const selection = this.#selection(type, MAX_DEPTH);
    const definitions = this.#definitions.length > 0 ? `(${this.#definitions.join(", ")})` : "";
    return { query: `${kind}${definitions} ${selection}`, variables: this.#variables };
  }

  #oneOf<T>(values: readonly T[]): T {
    return this.#draw(fc.constantFrom(...values));
  }

  #sample<T>(values: readonly T[], max: number): T[] {
    return this.#draw(fc.subarray([...values], { minLength: 1, maxLength: Math.min(max, values.length) }));
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    if (isAbstractType(type)) {
      const members = this.#sample(this.#schema.getPossibleTypes(type), 2);
      return `{ __typename ${members.map((member) => `... on ${member.name} ${this.#selection(member, depth)}`).join(" ")} }`;
    }
    if (!isObjectType(type)) throw new TypeError(`${type.name} has no fields.`);
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 1 || !isCompositeType(getNamedType(field.type)),
    );
    if (fields.length === 0) return "{ __typename }";
    return `{ ${this.#sample(fields, MAX_FIELDS)
      .map((field) => this.#field(field, depth))
      .join(" ")} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const inside = isCompositeType(type) ? ` ${this.#selection(type, depth - 1)}` : "";
    const args = field.args.flatMap((arg) => this.#argument(arg));
    return `${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""}${inside}`;
  }

  #argument(arg: GraphQLArgument): string[] {
    const value = this.#value(arg.name, arg.type, "");
    if (value === undefined) return [];
    if (this.#draw(fc.boolean())) return [`${arg.name}: ${literal(value, arg.type)}`];
    const variable = `v${this.#definitions.length}`;
    this.#definitions.push(`$${variable}: ${arg.type}`);
    this.#variables[variable] = value;
    return [`${arg.name}: $${variable}`];
  }

  /** Draws a value. undefined means that it is omitted. */
  #value(name: string, type: GraphQLInputType, parent: string): unknown {
    if (!isNonNullType(type)) {
      const presence = this.#oneOf(["given", "given", "given", "omitted", "null"] as const);
      if (presence !== "given") return presence === "null" ? null : undefined;
    }
    const special = this.#valueFor(name, parent);
    if (special) return this.#draw(special);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const length = this.#draw(fc.integer({ min: 1, max: 4 }));
      return Array.from({ length }, () => this.#value(name, nullable.ofType, parent) ?? null);
    }
    if (isInputObjectType(nullable)) {
      const all = Object.values(nullable.getFields());
      const fields = nullable.isOneOf ? [this.#oneOf(all)] : all;
      return Object.fromEntries(
        fields.flatMap((field) => {
          const value = this.#value(field.name, field.type, nullable.name);
          return value === undefined || (nullable.isOneOf && value === null) ? [] : [[field.name, value]];
        }),
      );
    }
    if (isEnumType(nullable)) return this.#oneOf(nullable.getValues()).name;
    switch (nullable.name) {
      case "Int":
        return this.#oneOf([1, 2, 100]);
      case "Float":
        return this.#oneOf([0.001, 0.5, 1]);
      case "Boolean":
        return this.#draw(fc.boolean());
      case "DateTime":
        return "2100-01-01T00:00:00.000Z";
      case "URL":
        return "https://example.com/";
      default:
        return this.#draw(fc.string({ minLength: 1, maxLength: 8, unit: "grapheme-ascii" }));
    }
  }
}

/** A value as a GraphQL literal. */
function literal(value: unknown, type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (value === null) return "null";
  if (isListType(nullable) && Array.isArray(value)) {
    return `[${value.map((item) => literal(item, nullable.ofType)).join(", ")}]`;
  }
  if (isInputObjectType(nullable) && typeof value === "object") {
    const fields = nullable.getFields();
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${literal(inner, fields[name]!.type)}`)
      .join(", ")} }`;
  }
  return isEnumType(nullable) ? String(value) : JSON.stringify(value);
}
