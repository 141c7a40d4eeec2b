import { getDirective } from "@graphql-tools/utils";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import * as v from "valibot";

/** What a field without a weight weighs: one that is only written out, and one that is resolved anew. */
const LEAF = 0.02;
const OBJECT = 0.15;
/** The longest page, and the most faces: the resolvers refuse more. */
const MOST = 100;
/** Fragments may spread each other, so that few tokens become many fields. */
const MAX_FIELDS = 10_000;

const Part = v.object({ weight: v.number(), argument: v.string() });
const List = v.object({ name: v.string(), argument: v.string() });
const Cost = v.object({
  weight: v.optional(v.number()),
  plus: v.optional(v.array(Part), []),
  lists: v.optional(v.array(List), []),
  most: v.optional(v.number()),
});

/** An operation that asks for more than {@link MAX_FIELDS} fields. */
export class TooManyFields extends Error {}

type Field = GraphQLField<unknown, unknown>;
type Variables = Readonly<Record<string, unknown>>;
/** How long the lists inside may be, by the names of their fields. */
type Lengths = Readonly<Record<string, number>>;

/**
 * What an operation weighs, by `@cost` in the contract: an upper bound of what its execution takes. Of the members of a union all
 * count, although an item is only one of them. `variables`: coerced. Throws a GraphQLError where an argument is not valid with
 * them, and {@link TooManyFields}.
 */
export function priceOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const fragments = new Map(
    document.definitions.flatMap((definition): [string, FragmentDefinitionNode][] =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  let fields = 0;

  function selection(set: SelectionSetNode | undefined, type: GraphQLNamedType | undefined, lengths: Lengths): number {
    let sum = 0;
    for (const node of set?.selections ?? []) {
      if (++fields > MAX_FIELDS) throw new TooManyFields();
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.FIELD) {
        sum += field(node, type, lengths);
        continue;
      }
      const inside = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      const on = inside?.typeCondition?.name.value;
      sum += selection(inside?.selectionSet, on === undefined ? type : schema.getType(on), lengths);
    }
    return sum;
  }

  function field(node: FieldNode, parent: GraphQLNamedType | undefined, lengths: Lengths): number {
    const definition = definitionOf(node, parent);
    // A field that every type has, such as __typename, or introspection, which reads nothing.
    if (!definition) return LEAF;
    const type: GraphQLNamedType = getNamedType(definition.type);
    const { weight = isCompositeType(type) ? OBJECT : LEAF, plus, lists, most } = costOf(schema, definition);
    const args = getArgumentValues(definition, node, variables);
    const added = plus.reduce((sum, part) => sum + part.weight * unitsOf(definition, part.argument, args), 0);
    const inside = Object.fromEntries(lists.map(({ name, argument }) => [name, unitsOf(definition, argument, args)]));
    const items = isListType(getNullableType(definition.type)) ? (lengths[node.name.value] ?? most ?? MOST) : 1;
    return weight + added + items * selection(node.selectionSet, type, { ...lengths, ...inside });
  }

  return selection(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined, {});
}

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
  );
}

const definitionOf = (node: FieldNode, parent: GraphQLNamedType | undefined): Field | undefined =>
  isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;

const known = new WeakMap<Field, v.InferOutput<typeof Cost>>();

function costOf(schema: GraphQLSchema, field: Field): v.InferOutput<typeof Cost> {
  let cost = known.get(field);
  if (cost === undefined) {
    cost = v.parse(Cost, (field.astNode && getDirective(schema, field, "cost")?.[0]) ?? {});
    known.set(field, cost);
  }
  return cost;
}

/**
 * How often an argument counts: a number as often as it says, as far as any may go; a list once an item; anything else that is given and not
 * false once. What is left out, or null, counts as its default.
 */
function unitsOf(field: Field, path: string, args: Variables): number {
  const value = valueAt(field, path.split("."), args);
  if (typeof value === "number") return Math.min(MOST, Math.max(1, value));
  if (Array.isArray(value)) return value.length;
  return value == null || value === false ? 0 : 1;
}

interface Input {
  name: string;
  type: GraphQLInputType;
  defaultValue?: unknown;
}

function valueAt({ args: inputs }: Field, path: readonly string[], args: Variables): unknown {
  let holder: unknown = args;
  let among: readonly Input[] = inputs;
  for (const name of path) {
    const input = among.find((candidate) => candidate.name === name);
    if (!input) throw new TypeError(`@cost names an argument ${path.join(".")}, which does not exist.`);
    holder = (isRecord(holder) ? holder[name] : undefined) ?? input.defaultValue;
    const type = getNamedType(input.type);
    among = isInputObjectType(type) ? Object.values(type.getFields()) : [];
  }
  return holder;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
