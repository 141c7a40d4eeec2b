import { getDirective } from "@graphql-tools/utils";
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { allows, type Scope, scopesOf } from "../access/scopes.ts";
import type { Context } from "./context.ts";
import { refusal } from "./errors.ts";

type Field = Pick<GraphQLField<unknown, unknown>, "name" | "astNode">;

/** The scopes any one of which opens a field, by `@requires`; none where any key may ask for it. */
export const requiredScopes = (schema: GraphQLSchema, field: Field): Scope[] =>
  scopesOf(getDirective(schema, field, "requires")?.[0]?.anyOf ?? []);

export const forbidden = (name: string, anyOf: readonly Scope[]): string =>
  `The field ${name} needs a key with the scope ${anyOf.join(" or ")}.`;

/**
 * Refuses an operation with a root field that the key does not open, before its variables are looked at or anything is executed.
 * Fields farther down, and those under `@skip` or `@include`, are checked when they are resolved.
 */
export const rootScopes = (schema: GraphQLSchema): Plugin<Context> => {
  const check = ({ args, setResultAndStopExecution }: Starting) => {
    const operation = getOperationAST(args.document, args.operationName);
    const fields = operation && schema.getRootType(operation.operation)?.getFields();
    if (!fields) return;
    for (const { name } of rootFields(args.document, operation)) {
      const field = fields[name.value];
      const anyOf = field ? requiredScopes(schema, field) : [];
      if (anyOf.length === 0 || allows(args.contextValue.principal.scopes, anyOf)) continue;
      setResultAndStopExecution({ errors: [refusal("FORBIDDEN", forbidden(name.value, anyOf))] });
      return;
    }
  };
  return { onExecute: check, onSubscribe: check };
};

interface Starting {
  args: { document: DocumentNode; operationName?: string | null; contextValue: Context };
  setResultAndStopExecution: (result: { errors: ReturnType<typeof refusal>[] }) => void;
}

/** The fields of an operation's own selection, those in fragments too. A valid document has no fragment inside itself. */
function rootFields(document: DocumentNode, operation: OperationDefinitionNode): FieldNode[] {
  const seen = new Set<string>();
  const fieldsOf = ({ selections }: SelectionSetNode): FieldNode[] =>
    selections.flatMap((selection) => {
      if (selection.directives?.length) return [];
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet);
      const name = selection.name.value;
      if (seen.has(name)) return [];
      seen.add(name);
      return document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name
          ? fieldsOf(definition.selectionSet)
          : [],
      );
    });
  return fieldsOf(operation.selectionSet);
}
