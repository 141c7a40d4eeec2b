import { buildSchema, coerceInputValue, GraphQLNonNull, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { typeDefs } from "../../workers/graphql/schema.generated.ts";
import { EXAMPLES } from "./examples.ts";

const schema = buildSchema(typeDefs);

test.each(EXAMPLES.map((example) => [/mutation (\w+)/.exec(example.query)?.[1], example] as const))(
  "the example %s is valid, and so are its variables",
  (_, { query, variables }) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const [, type = ""] = /\$input: (\w+)!/.exec(query) ?? [];
    const inputType = schema.getType(type);
    const errors: string[] = [];
    coerceInputValue(variables.input, new GraphQLNonNull(inputType as never), (_path, _value, error) =>
      errors.push(error.message),
    );
    expect(errors).toEqual([]);
  },
);
