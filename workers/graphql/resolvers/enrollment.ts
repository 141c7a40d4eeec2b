import { allows, type Scope } from "../../access/scopes.ts";
import { enroll } from "../../enrollment/enroll.ts";
import { DEFAULT_TARGET_FMR } from "../../matching/decide.ts";
import { ExternalId, IdempotencyKey, MinimumQuality, Name, optional, TargetFmr } from "../arguments.ts";
import type { Context } from "../context.ts";
import { fieldError } from "../errors.ts";
import { pictureFrom } from "../image-input.ts";
import { typeNameOf } from "../results.ts";
import { selects } from "../selection.ts";
import type { Resolvers } from "../types.generated.ts";

/** The scopes that may learn who looks like whom; `Enrolled.lookalikes` in the contract says the same. */
const SEES_LOOKALIKES: readonly Scope[] = ["IDENTIFY", "MANAGE"];

/** What an argument opens beyond the field's own scopes. */
function requireScope({ principal }: Context, argument: string, anyOf: readonly Scope[]): void {
  if (allows(principal.scopes, anyOf)) return;
  throw fieldError("FORBIDDEN", `The argument ${argument} needs a key with the scope ${anyOf.join(" or ")}.`);
}

export const enrollment: Resolvers<Context> = {
  Mutation: {
    enroll: (_, { input }, context, info) => {
      const { principal, vision, gallery, stopwatch, fetchPicture } = context;
      const targetFmr = optional(TargetFmr, input.targetFmr, "input.targetFmr") ?? DEFAULT_TARGET_FMR;
      if (input.allowDifferent) requireScope(context, "input.allowDifferent", ["MANAGE"]);
      if (targetFmr > DEFAULT_TARGET_FMR)
        requireScope(context, `input.targetFmr above ${DEFAULT_TARGET_FMR}`, ["MANAGE"]);
      if (input.refuseLookalikes) requireScope(context, "input.refuseLookalikes", SEES_LOOKALIKES);
      return enroll(
        {
          collectionId: input.collectionId,
          image: pictureFrom(input.image, fetchPicture),
          subject: {
            id: input.subjectId ?? undefined,
            externalId: optional(ExternalId, input.externalId, "input.externalId"),
            name: optional(Name, input.name, "input.name"),
          },
          minimumQuality: optional(MinimumQuality, input.minimumQuality, "input.minimumQuality"),
          targetFmr,
          allowDifferent: input.allowDifferent ?? false,
          refuseLookalikes: input.refuseLookalikes ?? false,
          nameLookalikes: allows(principal.scopes, SEES_LOOKALIKES) && selects(info, "Enrolled", "lookalikes"),
          idempotencyKey: optional(IdempotencyKey, input.idempotencyKey, "input.idempotencyKey"),
        },
        { vision, gallery, stages: stopwatch },
      );
    },
  },
  EnrollResult: { __resolveType: typeNameOf },
};
