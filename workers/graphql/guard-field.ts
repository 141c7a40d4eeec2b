import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLFieldResolver } from "graphql";
import type { Context } from "./context.ts";

type Check = (args: Record<string, unknown>, context: Context) => void;

/** Runs `check` before the field is resolved or subscribed to. If `check` throws, the error is the result of the field. */
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
