import type { ImportedNet } from "../engine/import.ts";
import { gatys } from "./gatys.ts";
import { painterly } from "./painterly.ts";
import type { Recipe, StylizeHooks, StylizeRequest, StylizeResult } from "./request.ts";

const BY_RECIPE: Readonly<Record<Recipe, typeof gatys>> = { gatys, painterly };

/** Repaints the content in the style of the paintings. `net` is the loss network (see `importNet`). */
export const stylize = (net: ImportedNet, request: StylizeRequest, hooks: StylizeHooks = {}): Promise<StylizeResult> =>
  BY_RECIPE[request.recipe](net, request, hooks);
