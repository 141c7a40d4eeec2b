import { TypeID, typeid } from "typeid-js";

/**
 * IDs are TypeIDs: a type, an underscore and a UUIDv7 in base32. An ID is opaque, sorts by creation time and shows its type.
 * https://github.com/jetify-com/typeid
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

/** The type in an ID; undefined if the ID is not valid. */
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

/** The ID of a type with these 26 characters; undefined if they are not valid. */
export function idWithSuffix(type: IdType, suffix: string): string | undefined {
  const id = `${PREFIXES[type]}_${suffix}`;
  return typeOfId(id) === type ? id : undefined;
}
