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
import { requestError } from "./errors.ts";

type Field = Pick<GraphQLField<unknown, unknown>, "name" | "astNode">;

/** The scopes of `@requires`, of which a key needs one. Empty if any key can select the field. */
export const requiredScopes = (schema: GraphQLSchema, field: Field): Scope[] =>
  scopesOf(getDirective(schema, field, "requires")?.[0]?.anyOf ?? []);

export const forbiddenMessage = (name: string, anyOf: readonly Scope[]): string =>
  `The field ${name} requires an API key with the scope ${anyOf.join(" or ")}.`;

/**
 * Refuses an operation with a root field that the key is not allowed to select, before variables are checked and before execution.
 * Nested fields, and fields with `@skip` or `@include`, are checked when they are resolved.
 */
export const rootScopes = (schema: GraphQLSchema): Plugin<Context> => {
  const check = ({ args, setResultAndStopExecution }: ExecutionStart) => {
    const operation = getOperationAST(args.document, args.operationName);
    const fields = operation && schema.getRootType(operation.operation)?.getFields();
    if (!fields) return;
    for (const { name } of rootFields(args.document, operation)) {
      const field = fields[name.value];
      const anyOf = field ? requiredScopes(schema, field) : [];
      if (anyOf.length === 0 || allows(args.contextValue.principal.scopes, anyOf)) continue;
      setResultAndStopExecution({ errors: [requestError("FORBIDDEN", forbiddenMessage(name.value, anyOf))] });
      return;
    }
  };
  return { onExecute: check, onSubscribe: check };
};

interface ExecutionStart {
  args: { document: DocumentNode; operationName?: string | null; contextValue: Context };
  setResultAndStopExecution: (result: { errors: ReturnType<typeof requestError>[] }) => void;
}

/** The root fields of an operation, including those in fragments. A valid document has no recursive fragments. */
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
