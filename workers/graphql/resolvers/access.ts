import { createApiKey, listApiKeys, revokeApiKey } from "../../access/keys.ts";
import { checkArgument, Name } from "../arguments.ts";
import type { Context } from "../context.ts";
import { fieldError } from "../errors.ts";
import { typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

export const access: Resolvers<Context> = {
  Query: {
    viewer: (_, __, { principal: { tenantId, tenantName, scopes } }) => ({
      tenant: { id: tenantId, name: tenantName },
      scopes: [...scopes],
    }),
    apiKeys: (_, __, { keys }) => listApiKeys(keys),
  },
  Mutation: {
    createApiKey: (_, { input: { name, scopes, expiresAt } }, { keys, clock }) => {
      if (scopes.length === 0)
        throw fieldError("BAD_USER_INPUT", "The argument input.scopes is not valid. It must have at least one scope.");
      if (expiresAt && expiresAt.getTime() <= clock()) {
        throw fieldError(
          "BAD_USER_INPUT",
          "The argument input.expiresAt is not valid. It must be in the future. Omit it for a key that does not expire.",
        );
      }
      return createApiKey(keys, {
        name: checkArgument(Name, name, "input.name"),
        scopes,
        expiresAt: expiresAt ?? undefined,
      });
    },
    revokeApiKey: (_, { id }, { keys }) => revokeApiKey(keys, id),
  },
  Tenant: {
    webhookSecret: ({ id }, _, { webhookSecretOf }) => webhookSecretOf(id),
  },
  ApiKey: {
    lastUsedAt: async ({ id }, _, { loaders }) => (await loaders.lastChange(id)) ?? null,
  },
  ApiKeyCreated: {
    secret: ({ token }) => token,
  },
  CreateApiKeyResult: { __resolveType: typeNameOf },
};
