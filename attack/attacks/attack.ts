import type { AttackContext } from "../attack-context.ts";
import type { HostileResponse } from "../hostile-request.ts";

/** One attack of a hostile client. */
export interface Attack {
  /** The group and a few words. `--only` selects by this name. */
  name: string;
  /** All allowed outcomes, in the wording of `hostile-request.ts`. */
  expected: readonly string[];
  /** Of those, what must come at least once. */
  required?: string;
  /** What the workerd processes may grow by, in bytes; left out: `PROCESS_LIMIT`. */
  processLimit?: number;
  run(context: AttackContext): Promise<HostileResponse[]>;
}
