import type { Arena } from "../attack-context.ts";
import type { Came } from "../hostile-request.ts";

/** One thing that a hostile client does. */
export interface Attack {
  /** What `--only` names it by: the group and a few words. */
  name: string;
  /** Every outcome that is right, as `hostile-request.ts` words them. */
  expected: readonly string[];
  /** Of those, what must come at least once. */
  needed?: string;
  run(context: Arena): Promise<Came[]>;
}
