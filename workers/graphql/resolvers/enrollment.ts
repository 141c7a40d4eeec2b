import { enroll } from "../../enrollment/enroll.ts";
import { ExternalId, IdempotencyKey, MinimumQuality, Name, optional } from "../arguments.ts";
import type { Context } from "../context.ts";
import { pictureFrom } from "../image-input.ts";
import { typeNameOf } from "../results.ts";
import type { Resolvers } from "../types.generated.ts";

export const enrollment: Resolvers<Context> = {
  Mutation: {
    enroll: (_, { input }, { vision, gallery, stopwatch, fetchPicture }) =>
      enroll(
        {
          collectionId: input.collectionId,
          image: pictureFrom(input.image, fetchPicture),
          subject: {
            id: input.subjectId ?? undefined,
            externalId: optional(ExternalId, input.externalId, "input.externalId"),
            name: optional(Name, input.name, "input.name"),
          },
          minimumQuality: optional(MinimumQuality, input.minimumQuality, "input.minimumQuality"),
          idempotencyKey: optional(IdempotencyKey, input.idempotencyKey, "input.idempotencyKey"),
        },
        { vision, gallery, stages: stopwatch },
      ),
  },
  EnrollResult: { __resolveType: typeNameOf },
};
