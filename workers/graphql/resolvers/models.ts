import { MODELS } from "../../../models/catalog.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../types.generated.ts";

export const models: Resolvers<Context> = {
  Query: {
    // Omits embedders of the catalog that this deployment does not have.
    models: (_, __, { vision }) => MODELS.filter(({ id, role }) => role !== "embedder" || vision.embedders.has(id)),
  },
  Model: {
    source: ({ source }) => `${source.package}@${source.version} ${source.file}`,
  },
};
