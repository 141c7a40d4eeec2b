/** How long results and previews of jobs are kept. */
export const RETENTION_MS = 7 * 24 * 60 * 60_000;

const GRACE_MS = 60 * 60_000;

/** When inputs and checkpoints of a job expire. No attempt can still run then. */
export const inputsExpireAt = (deadline: Date): Date => new Date(deadline.getTime() + GRACE_MS);
