import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  print,
  stripIgnoredCharacters,
  visit,
} from "graphql";

/**
 * A plugin of graphql-codegen: each operation of `src/operations.graphql` as a string with the types of its result and its variables.
 * Bundlers drop the strings that an app does not use. They cannot do that with the documents of codegen's client preset, which are
 * created by calls.
 */
export function plugin(
  _schema: GraphQLSchema,
  files: { document?: DocumentNode }[],
): { prepend: string[]; content: string } {
  const definitions = files.flatMap(({ document }) => document?.definitions ?? []);
  const fragments = new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const documents = definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || !definition.name) return [];
    const name = definition.name.value;
    const kind = definition.operation[0]!.toUpperCase() + definition.operation.slice(1);
    const text = [definition, ...usedFragments(definition, fragments)].map(print).join("\n");
    const type = `TypedDocument<${name}${kind}, ${name}${kind}Variables>`;
    return [`export const ${name}Document: ${type} =\n  ${JSON.stringify(stripIgnoredCharacters(text))};`];
  });
  return { prepend: ['import type { TypedDocument } from "./send.ts";'], content: documents.join("\n") };
}

/** The fragments that a definition uses, also through other fragments. */
function usedFragments(
  definition: Parameters<typeof visit>[0],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  used = new Set<FragmentDefinitionNode>(),
): Set<FragmentDefinitionNode> {
  visit(definition, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (!fragment || used.has(fragment)) return;
      used.add(fragment);
      usedFragments(fragment, fragments, used);
    },
  });
  return used;
}
