import * as v from "valibot";

/** SHA-256, hexadecimal. */
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const NonNegativeInt = v.pipe(v.number(), v.integer(), v.minValue(0));
export const PositiveInt = v.pipe(NonNegativeInt, v.minValue(1));
/** The weight of a loss. */
export const Weight = v.pipe(v.number(), v.minValue(0), v.maxValue(1000));
export const HttpUrl = v.pipe(v.string(), v.url(), v.regex(/^https?:/));
/** A Semblance id: a prefix for the type, then 26 characters. */
export const Id = v.pipe(v.string(), v.regex(/^[a-z]+_[0-9a-z]{26}$/));
