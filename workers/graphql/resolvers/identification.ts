import { identify } from "../../identification/identify.ts";
import { Count, checkOptional, TargetFpir } from "../arguments.ts";
import type { Context } from "../context.ts";
import { pictureFrom } from "../image-input.ts";
import { timed, typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

export const identification: Resolvers<Context> = {
  Mutation: {
    identify: (_, { input }, context) => {
      const { vision, gallery, stopwatch, fetchPicture } = context;
      const request = {
        collectionId: input.collectionId,
        probe: pictureFrom(input.probe, fetchPicture),
        targetFpir: checkOptional(TargetFpir, input.targetFpir, "input.targetFpir"),
        maxCandidates: checkOptional(Count, input.maxCandidates, "input.maxCandidates"),
        maxFaces: checkOptional(Count, input.maxFaces, "input.maxFaces"),
      };
      return timed(() => identify(request, { vision, gallery, stages: stopwatch }), context);
    },
  },
  IdentifiedFace: {
    outcome: ({ outcome }) => (outcome === "identified" ? "IDENTIFIED" : "NOBODY"),
  },
  IdentifyResult: { __resolveType: typeNameOf },
};
