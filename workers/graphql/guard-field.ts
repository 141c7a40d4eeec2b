import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLFieldResolver } from "graphql";
import type { Context } from "./context.ts";

type Check = (args: Record<string, unknown>, context: Context) => void;

/** Has a field checked before it is resolved or subscribed to. `check` throws what the field then answers. */
export function guardField(
  field: GraphQLFieldConfig<unknown, Context>,
  check: Check,
): GraphQLFieldConfig<unknown, Context> {
  const guarded =
    (resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> =>
    (source, args, context, info) => {
      check(args, context);
      return resolve(source, args, context, info);
    };
  field.resolve = guarded(field.resolve ?? defaultFieldResolver);
  if (field.subscribe) field.subscribe = guarded(field.subscribe);
  return field;
}
