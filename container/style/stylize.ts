import type { ImportedNet } from "../engine/import.ts";
import { gatys } from "./gatys.ts";
import { painterly } from "./painterly.ts";
import type { Recipe, StylizeHooks, StylizeRequest, StylizeResult } from "./request.ts";

const BY_RECIPE: Readonly<Record<Recipe, typeof gatys>> = { gatys, painterly };

/** Paints the content anew in the manner of the paintings. `net` is the loss network: see `importNet`. */
export const stylize = (net: ImportedNet, request: StylizeRequest, hooks: StylizeHooks = {}): Promise<StylizeResult> =>
  BY_RECIPE[request.recipe](net, request, hooks);
