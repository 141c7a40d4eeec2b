import type { OperatingPoint } from "../../matching/calibration.ts";
import { type VerifyRequest, verify } from "../../verification/verify.ts";
import { checkArgument, Distance, ExternalId, TargetFmr } from "../arguments.ts";
import type { Context } from "../context.ts";
import { pictureFrom } from "../image-input.ts";
import { timed, typeNameOf } from "../results.ts";
import type { OperatingPoint as OperatingPointInput, ReferenceInput, Resolvers } from "../types.generated.ts";

function referenceFrom(input: ReferenceInput, { fetchPicture }: Context): VerifyRequest["reference"] {
  if (input.image) return { image: pictureFrom(input.image, fetchPicture) };
  if (!input.externalId) return { subject: { id: input.subjectId ?? "" } };
  const { collectionId, externalId } = input.externalId;
  return {
    subject: {
      collectionId,
      externalId: checkArgument(ExternalId, externalId, "input.reference.externalId.externalId"),
    },
  };
}

const operatingPointFrom = (input: OperatingPointInput): OperatingPoint =>
  input.distance == null
    ? { targetFmr: checkArgument(TargetFmr, input.targetFmr, "input.operatingPoint.targetFmr") }
    : { distance: checkArgument(Distance, input.distance, "input.operatingPoint.distance") };

export const verification: Resolvers<Context> = {
  Mutation: {
    verify: (_, { input }, context) => {
      const { vision, gallery, stopwatch, fetchPicture } = context;
      const request = {
        probe: pictureFrom(input.probe, fetchPicture),
        reference: referenceFrom(input.reference, context),
        operatingPoint: input.operatingPoint ? operatingPointFrom(input.operatingPoint) : undefined,
      };
      return timed(() => verify(request, { vision, gallery, stages: stopwatch }), context);
    },
  },
  Verification: {
    decision: ({ decision }) => (decision === "match" ? "MATCH" : "NO_MATCH"),
  },
  VerifyResult: { __resolveType: typeNameOf },
};
