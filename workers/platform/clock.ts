/** The time of day, in milliseconds since 1970: a port, so that expiry can be tested. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
