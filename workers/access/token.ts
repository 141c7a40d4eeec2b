import { uint8ArrayToBase64 } from "uint8array-extras";
import { idWithSuffix, suffixOfId } from "../platform/ids.ts";

/** The parts of an API key: the IDs of the key and its tenant, and the secret. */
export interface Token {
  keyId: string;
  tenantId: string;
  secret: string;
}

const SECRET_BYTES = 32;
/** `smb_<key>_<tenant>_<secret>`: 26 characters of each id, 32 random bytes in base64url. */
const FORMAT = /^smb_([0-9a-z]{26})_([0-9a-z]{26})_([A-Za-z0-9_-]{43})$/;
/** Covers the timestamp and the first random characters of the key's ID, which is enough to distinguish the keys of a tenant. */
const PREFIX_LENGTH = "smb_".length + 14;

export const newSecret = (): string =>
  uint8ArrayToBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)), { urlSafe: true });

export const writeToken = ({ keyId, tenantId, secret }: Token): string =>
  `smb_${suffixOfId(keyId)}_${suffixOfId(tenantId)}_${secret}`;

/** The start of a key, which is not secret and is shown in lists. */
export const prefixOf = (token: string): string => token.slice(0, PREFIX_LENGTH);

export function readToken(text: string): Token | undefined {
  const [, key, tenant, secret] = FORMAT.exec(text) ?? [];
  if (key === undefined || tenant === undefined || secret === undefined) return undefined;
  const keyId = idWithSuffix("key", key);
  const tenantId = idWithSuffix("tenant", tenant);
  return keyId === undefined || tenantId === undefined ? undefined : { keyId, tenantId, secret };
}
