/** How long pictures of jobs are kept: results and previews. */
export const KEPT_MS = 7 * 24 * 60 * 60_000;

const GRACE_MS = 60 * 60_000;

/** What a job works with is kept until nobody can be at it. */
export const keptFor = (deadline: Date): Date => new Date(deadline.getTime() + GRACE_MS);
