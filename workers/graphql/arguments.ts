import * as v from "valibot";
import { squaredDistanceOf } from "../matching/distance.ts";
import { fmrOf, fpirOf } from "../matching/rates.ts";
import { fieldError } from "./errors.ts";

/** What the schema's types cannot say of arguments. Inside, nothing is checked again. */

/** The value, or the error BAD_USER_INPUT that names the argument and what is wrong with it. */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown, argument: string): T {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  throw fieldError("BAD_USER_INPUT", `The argument ${argument} is not valid. ${issues[0].message}`);
}

/** The same of an argument that may be left out; null stands for that too. */
export const optional = <T>(schema: v.GenericSchema<unknown, T>, value: unknown, argument: string): T | undefined =>
  value == null ? undefined : checked(schema, value, argument);

/** In characters: Unicode code points, so that an emoji or a rare ideograph counts once. */
const LONGEST = 200;
const characters = (text: string): number => [...text].length;
/** A lone surrogate has no UTF-8, so D1 would store another text than the one that was sent. */
const wellFormed = v.check((text: string) => text.isWellFormed(), "It has a lone surrogate: it is not valid Unicode.");
const text = v.pipe(
  v.string(),
  wellFormed,
  v.minLength(1, "It must not be empty."),
  v.check((text) => characters(text) <= LONGEST, `It must have at most ${LONGEST} characters.`),
);
/** Text that people write: in NFC (UAX #15), so that the same letters from two keyboards are the same text. */
const normalized = v.pipe(
  v.string(),
  wellFormed,
  v.transform((text) => text.normalize("NFC")),
  text,
);
const between = (low: number, high: number) => (x: number) => x > low && x < high;
const rate = v.pipe(v.number(), v.check(between(0, 1), "It must be between 0 and 1."));

export const Name = v.pipe(v.string(), v.trim(), normalized);
export const ExternalId = normalized;
export const IdempotencyKey = text;
export const MinimumQuality = v.pipe(
  v.number(),
  v.minValue(0, "It must be in 0..1."),
  v.maxValue(1, "It must be in 0..1."),
);
export const TargetFpir = v.pipe(rate, v.transform(fpirOf));
export const TargetFmr = v.pipe(rate, v.transform(fmrOf));
export const Distance = v.pipe(
  v.number(),
  v.minValue(0, "It must be in 0..4."),
  v.maxValue(4, "It must be in 0..4."),
  v.transform(squaredDistanceOf),
);
export const Count = v.pipe(
  v.number(),
  v.minValue(1, "It must be in 1..100."),
  v.maxValue(100, "It must be in 1..100."),
);
