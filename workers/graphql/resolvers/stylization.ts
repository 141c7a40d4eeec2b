import * as v from "valibot";
import { stylize } from "../../stylization/stylize.ts";
import { checkArgument } from "../arguments.ts";
import type { Context } from "../context.ts";
import { pictureFrom } from "../image-input.ts";
import { timed, typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

const Strength = v.pipe(v.number(), v.minValue(0, "It must be from 0 to 1."), v.maxValue(1, "It must be from 0 to 1."));
const MaxSide = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(64, "It must be from 64 to 2048."),
  v.maxValue(2_048, "It must be from 64 to 2048."),
);

/** How long the signed URL of the thumbnail of a trained style is valid. */
const THUMBNAIL_MS = 24 * 60 * 60_000;

export const stylization: Resolvers<Context> = {
  Query: {
    styles: (_, __, { stylization: { styles }, principal }) => styles.list(principal.tenantId),
  },
  Mutation: {
    stylize: (_, { input }, context) => {
      const { stylization, principal, fetchPicture, clock, stopwatch } = context;
      const request = {
        image: pictureFrom(input.image, fetchPicture),
        styleId: input.styleId,
        quality: input.quality ?? "FINE",
        strength: checkArgument(Strength, input.strength ?? 1, "input.strength"),
        preserveColors: input.preserveColors ?? false,
        maxSide: checkArgument(MaxSide, input.maxSide ?? 512, "input.maxSide"),
      };
      const tools = { ...stylization, tenantId: principal.tenantId, clock, stages: stopwatch };
      return timed(() => stylize(request, tools), context);
    },
  },
  Style: {
    thumbnail: async ({ files }, _, { stylization: { issuer, signUrl }, clock }) =>
      new URL(
        files.kind === "asset"
          ? `${issuer}${files.folder}/thumbnail.jpg`
          : await signUrl(files.thumbnail, new Date(clock() + THUMBNAIL_MS)),
      ),
  },
  StylizeResult: { __resolveType: typeNameOf },
};
