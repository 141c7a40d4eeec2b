import type { JobKinds } from "../jobs/kinds.ts";
import { optimizeStyleKind } from "./optimize-style.ts";
import { trainStyleKind } from "./train-style.ts";

/** The registry of job kinds on the Worker's side. `container/jobs/kinds.ts` is the job service's. */
export const JOB_KINDS: JobKinds = { optimizeStyle: optimizeStyleKind, trainStyle: trainStyleKind };
