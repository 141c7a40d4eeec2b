import { TypeID, typeid } from "typeid-js";

/**
 * Identifiers: TypeIDs (a type, an underscore, a UUIDv7 in base32), so that an id is opaque, sorts by its time and says what
 * it names. https://github.com/jetify-com/typeid
 */
const PREFIXES = {
  tenant: "ten",
  key: "key",
  collection: "col",
  subject: "sub",
  template: "tpl",
  audit: "aud",
  job: "job",
  style: "sty",
  blob: "blb",
} as const;

export type IdType = keyof typeof PREFIXES;

export const newId = (type: IdType): string => typeid(PREFIXES[type]).toString();

/** The type an id claims, or undefined where it is no id of ours. */
export function typeOfId(id: string): IdType | undefined {
  try {
    const prefix = TypeID.fromString(id).getType();
    return (Object.keys(PREFIXES) as IdType[]).find((type) => PREFIXES[type] === prefix);
  } catch {
    return undefined;
  }
}

/** The 26 characters after the type. */
export const suffixOfId = (id: string): string => TypeID.fromString(id).getSuffix();

/** The id of a type with these 26 characters, or undefined where they are not such. */
export function idWithSuffix(type: IdType, suffix: string): string | undefined {
  const id = `${PREFIXES[type]}_${suffix}`;
  return typeOfId(id) === type ? id : undefined;
}
