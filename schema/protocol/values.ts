import * as v from "valibot";

/** SHA-256, hexadecimal. */
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Whole and not negative. */
export const Whole = v.pipe(v.number(), v.integer(), v.minValue(0));
export const Positive = v.pipe(Whole, v.minValue(1));
/** A weight of a loss. */
export const Weight = v.pipe(v.number(), v.minValue(0), v.maxValue(1000));
/** An http or https address. */
export const Address = v.pipe(v.string(), v.url(), v.regex(/^https?:/));
/** An id of ours. */
export const Id = v.pipe(v.string(), v.regex(/^[a-z]+_[0-9a-z]{26}$/));
