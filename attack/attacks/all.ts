import type { Attack } from "./attack.ts";
import { BODIES } from "./bodies.ts";
import { FLOODS } from "./floods.ts";
import { JOBS } from "./jobs.ts";
import { PICTURES } from "./pictures.ts";
import { PRICES } from "./prices.ts";
import { STRANGERS_ATTACKS } from "./strangers.ts";
import { VARIABLES } from "./variables.ts";

/** All attacks, in the order in which they run. */
export const ATTACKS: readonly Attack[] = [
  ...VARIABLES,
  ...PRICES,
  ...PICTURES,
  ...STRANGERS_ATTACKS,
  ...BODIES,
  ...FLOODS,
  ...JOBS,
];
