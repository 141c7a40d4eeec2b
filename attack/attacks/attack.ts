import type { AttackContext } from "../attack-context.ts";
import type { HostileResponse } from "../hostile-request.ts";

/** One attack of a hostile client. */
export interface Attack {
  /** The group and a few words. `--only` selects by this name. */
  name: string;
  /** All allowed outcomes, in the wording of `hostile-request.ts`. */
  expected: readonly string[];
  /** The outcome that must occur at least once. */
  required?: string;
  run(context: AttackContext): Promise<HostileResponse[]>;
}
