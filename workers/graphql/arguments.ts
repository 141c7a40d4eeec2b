import * as v from "valibot";
import { squaredDistanceOf } from "../matching/distance.ts";
import { fmrOf, fpirOf } from "../matching/rates.ts";
import { fieldError } from "./errors.ts";

/** Checks of arguments that the types of the schema cannot express. Code behind the resolvers does not check them again. */

/** Returns the parsed value. Throws BAD_USER_INPUT with the name of the argument and the problem if the value is not valid. */
export function checkArgument<T>(schema: v.GenericSchema<unknown, T>, value: unknown, argument: string): T {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  throw fieldError("BAD_USER_INPUT", `The argument ${argument} is not valid. ${issues[0].message}`);
}

/** Checks an optional argument. Returns undefined if it is omitted or null. */
export const checkOptional = <T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
  argument: string,
): T | undefined => (value == null ? undefined : checkArgument(schema, value, argument));

/** In characters, which are Unicode code points: an emoji or a rare ideograph counts as one. */
const MAX_CHARACTERS = 200;
const countCharacters = (text: string): number => [...text].length;
/** A lone surrogate cannot be encoded as UTF-8, so D1 would store a different text. */
const wellFormed = v.check(
  (text: string) => text.isWellFormed(),
  "It is not valid Unicode: it contains a lone surrogate.",
);
const text = v.pipe(
  v.string(),
  wellFormed,
  v.minLength(1, "It must not be empty."),
  v.check((text) => countCharacters(text) <= MAX_CHARACTERS, `It must have at most ${MAX_CHARACTERS} characters.`),
);
/** Text that people type. It is normalized to NFC (UAX #15), so that the same letters from two keyboards are equal. */
const normalized = v.pipe(
  v.string(),
  wellFormed,
  v.transform((text) => text.normalize("NFC")),
  text,
);
const between = (low: number, high: number) => (x: number) => x > low && x < high;
const rate = v.pipe(v.number(), v.check(between(0, 1), "It must be greater than 0 and less than 1."));

export const Name = v.pipe(v.string(), v.trim(), normalized);
export const ExternalId = normalized;
export const IdempotencyKey = text;
export const MinimumQuality = v.pipe(
  v.number(),
  v.minValue(0, "It must be from 0 to 1."),
  v.maxValue(1, "It must be from 0 to 1."),
);
export const TargetFpir = v.pipe(rate, v.transform(fpirOf));
export const TargetFmr = v.pipe(rate, v.transform(fmrOf));
export const Distance = v.pipe(
  v.number(),
  v.minValue(0, "It must be from 0 to 4."),
  v.maxValue(4, "It must be from 0 to 4."),
  v.transform(squaredDistanceOf),
);
export const Count = v.pipe(
  v.number(),
  v.minValue(1, "It must be from 1 to 100."),
  v.maxValue(100, "It must be from 1 to 100."),
);
