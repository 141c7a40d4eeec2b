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

/** The default weights: of a field with a scalar value, and of a field with an object value. */
const LEAF_WEIGHT = 0.02;
const OBJECT_WEIGHT = 0.15;
/** The maximum page size and number of faces. The resolvers refuse more. */
const MAX_ITEMS = 100;
/** Fragments can spread each other, so a few tokens can select many fields. */
export const MAX_FIELDS = 10_000;

const Addend = v.object({ weight: v.number(), argument: v.string() });
const List = v.object({ name: v.string(), argument: v.string() });
const Cost = v.object({
  weight: v.optional(v.number()),
  plus: v.optional(v.array(Addend), []),
  lists: v.optional(v.array(List), []),
  most: v.optional(v.number()),
});

/** The operation selects more than {@link MAX_FIELDS} fields. */
export class TooManyFieldsError extends Error {}

type Field = GraphQLField<unknown, unknown>;
type Variables = Readonly<Record<string, unknown>>;
/** The maximum lengths of lists below a field, by field name. */
type Lengths = Readonly<Record<string, number>>;

/**
 * The cost of an operation by `@cost` in the schema: an upper bound of the work of its execution. All members of a union count, although
 * an item is only one of them. `variables` must be coerced. Throws a GraphQLError if an argument is not valid, and
 * {@link TooManyFieldsError}.
 */
export function queryCost(
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

  function selectionCost(
    set: SelectionSetNode | undefined,
    type: GraphQLNamedType | undefined,
    lengths: Lengths,
  ): number {
    let sum = 0;
    for (const node of set?.selections ?? []) {
      if (++fields > MAX_FIELDS) throw new TooManyFieldsError();
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.FIELD) {
        sum += fieldCost(node, type, lengths);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      const typeName = fragment?.typeCondition?.name.value;
      sum += selectionCost(fragment?.selectionSet, typeName === undefined ? type : schema.getType(typeName), lengths);
    }
    return sum;
  }

  function fieldCost(node: FieldNode, parent: GraphQLNamedType | undefined, lengths: Lengths): number {
    const definition = definitionOf(node, parent);
    // __typename or introspection, which reads nothing.
    if (!definition) return LEAF_WEIGHT;
    const type: GraphQLNamedType = getNamedType(definition.type);
    const {
      weight = isCompositeType(type) ? OBJECT_WEIGHT : LEAF_WEIGHT,
      plus,
      lists,
      most,
    } = costDirectiveOf(schema, definition);
    const args = getArgumentValues(definition, node, variables);
    const addends = plus.reduce((sum, part) => sum + part.weight * unitsOf(definition, part.argument, args), 0);
    const listLengths = Object.fromEntries(
      lists.map(({ name, argument }) => [name, unitsOf(definition, argument, args)]),
    );
    const items = isListType(getNullableType(definition.type)) ? (lengths[node.name.value] ?? most ?? MAX_ITEMS) : 1;
    return weight + addends + items * selectionCost(node.selectionSet, type, { ...lengths, ...listLengths });
  }

  return selectionCost(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined, {});
}

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
  );
}

const definitionOf = (node: FieldNode, parent: GraphQLNamedType | undefined): Field | undefined =>
  isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;

const costs = new WeakMap<Field, v.InferOutput<typeof Cost>>();

function costDirectiveOf(schema: GraphQLSchema, field: Field): v.InferOutput<typeof Cost> {
  let cost = costs.get(field);
  if (cost === undefined) {
    cost = v.parse(Cost, (field.astNode && getDirective(schema, field, "cost")?.[0]) ?? {});
    costs.set(field, cost);
  }
  return cost;
}

/**
 * The number of units of an argument: the value of a number, limited to 1..{@link MAX_ITEMS}; the length of a list; 1 for any other
 * value except false. An omitted argument, or null, counts as its default value.
 */
function unitsOf(field: Field, path: string, args: Variables): number {
  const value = valueAt(field, path.split("."), args);
  if (typeof value === "number") return Math.min(MAX_ITEMS, Math.max(1, value));
  if (Array.isArray(value)) return value.length;
  return value == null || value === false ? 0 : 1;
}

interface InputDefinition {
  name: string;
  type: GraphQLInputType;
  defaultValue?: unknown;
}

function valueAt({ args: inputs }: Field, path: readonly string[], args: Variables): unknown {
  let value: unknown = args;
  let definitions: readonly InputDefinition[] = inputs;
  for (const name of path) {
    const input = definitions.find((candidate) => candidate.name === name);
    if (!input) throw new TypeError(`@cost refers to the argument ${path.join(".")}, which does not exist.`);
    value = (isRecord(value) ? value[name] : undefined) ?? input.defaultValue;
    const type = getNamedType(input.type);
    definitions = isInputObjectType(type) ? Object.values(type.getFields()) : [];
  }
  return value;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
