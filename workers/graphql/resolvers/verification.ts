import type { OperatingPoint } from "../../matching/calibration.ts";
import { type VerifyRequest, verify } from "../../verification/verify.ts";
import { checked, Distance, TargetFmr } from "../arguments.ts";
import type { Context } from "../context.ts";
import { pictureFrom } from "../image-input.ts";
import { timed, typeNameOf } from "../results.ts";
import type { OperatingPoint as OperatingPointInput, ReferenceInput, Resolvers } from "../types.generated.ts";

const referenceFrom = (input: ReferenceInput, { fetchPicture }: Context): VerifyRequest["reference"] =>
  input.image ? { image: pictureFrom(input.image, fetchPicture) } : { subjectId: input.subjectId ?? "" };

const operatingPointFrom = (input: OperatingPointInput): OperatingPoint =>
  input.distance == null
    ? { targetFmr: checked(TargetFmr, input.targetFmr, "input.operatingPoint.targetFmr") }
    : { distance: checked(Distance, input.distance, "input.operatingPoint.distance") };

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
