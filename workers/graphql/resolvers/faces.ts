import { isBadImage } from "../../platform/picture.ts";
import { Count, checkOptional } from "../arguments.ts";
import type { Context } from "../context.ts";
import { pictureFrom } from "../image-input.ts";
import { timed, typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

const DEFAULT_MAX_FACES = 100;

export const faces: Resolvers<Context> = {
  Mutation: {
    detect: (_, { image, maxFaces }, context) => {
      const request = {
        maxFaces: checkOptional(Count, maxFaces, "maxFaces") ?? DEFAULT_MAX_FACES,
        stages: context.stopwatch,
      };
      return timed(async () => {
        const bytes = await pictureFrom(image, context.fetchPicture).read();
        return isBadImage(bytes) ? bytes : context.vision.detect(bytes, request);
      }, context);
    },
  },
  DetectResult: { __resolveType: typeNameOf },
};
