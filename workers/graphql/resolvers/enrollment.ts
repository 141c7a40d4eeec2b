import { allows, type Scope } from "../../access/scopes.ts";
import { enroll } from "../../enrollment/enroll.ts";
import { DEFAULT_TARGET_FMR } from "../../matching/decide.ts";
import { checkOptional, ExternalId, IdempotencyKey, MinimumQuality, Name, TargetFmr } from "../arguments.ts";
import type { Context } from "../context.ts";
import { fieldError } from "../errors.ts";
import { pictureFrom } from "../image-input.ts";
import { typeNameOf } from "../results.ts";
import { selects } from "../selection.ts";
import type { Resolvers } from "../types.generated.ts";

/** The scopes that can see lookalikes, as documented for `Enrolled.lookalikes` in the schema. */
const LOOKALIKE_SCOPES: readonly Scope[] = ["IDENTIFY", "MANAGE"];

/** Checks the scopes that an argument requires in addition to the scopes of its field. */
function requireScope({ principal }: Context, argument: string, anyOf: readonly Scope[]): void {
  if (allows(principal.scopes, anyOf)) return;
  throw fieldError("FORBIDDEN", `The argument ${argument} requires an API key with the scope ${anyOf.join(" or ")}.`);
}

export const enrollment: Resolvers<Context> = {
  Mutation: {
    enroll: (_, { input }, context, info) => {
      const { principal, vision, gallery, stopwatch, fetchPicture } = context;
      const targetFmr = checkOptional(TargetFmr, input.targetFmr, "input.targetFmr") ?? DEFAULT_TARGET_FMR;
      if (input.allowDifferent) requireScope(context, "input.allowDifferent", ["MANAGE"]);
      if (targetFmr > DEFAULT_TARGET_FMR)
        requireScope(context, `input.targetFmr above ${DEFAULT_TARGET_FMR}`, ["MANAGE"]);
      if (input.refuseLookalikes) requireScope(context, "input.refuseLookalikes", LOOKALIKE_SCOPES);
      return enroll(
        {
          collectionId: input.collectionId,
          image: pictureFrom(input.image, fetchPicture),
          subject: {
            id: input.subjectId ?? undefined,
            externalId: checkOptional(ExternalId, input.externalId, "input.externalId"),
            name: checkOptional(Name, input.name, "input.name"),
          },
          minimumQuality: checkOptional(MinimumQuality, input.minimumQuality, "input.minimumQuality"),
          targetFmr,
          allowDifferent: input.allowDifferent ?? false,
          refuseLookalikes: input.refuseLookalikes ?? false,
          nameLookalikes: allows(principal.scopes, LOOKALIKE_SCOPES) && selects(info, "Enrolled", "lookalikes"),
          idempotencyKey: checkOptional(IdempotencyKey, input.idempotencyKey, "input.idempotencyKey"),
        },
        { vision, gallery, stages: stopwatch },
      );
    },
  },
  EnrollResult: { __resolveType: typeNameOf },
};
