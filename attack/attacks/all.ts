import type { Attack } from "./attack.ts";
import { BODIES } from "./bodies.ts";
import { EXPENSIVE_QUERIES } from "./expensive-queries.ts";
import { FLOODS } from "./floods.ts";
import { JOBS } from "./jobs.ts";
import { NETS } from "./nets.ts";
import { PICTURES } from "./pictures.ts";
import { VARIABLES } from "./variables.ts";
import { WITHOUT_KEY } from "./without-key.ts";

/** All attacks, in the order in which they run. */
export const ATTACKS: readonly Attack[] = [
  ...VARIABLES,
  ...EXPENSIVE_QUERIES,
  ...PICTURES,
  ...WITHOUT_KEY,
  ...BODIES,
  ...FLOODS,
  ...JOBS,
  ...NETS,
];
