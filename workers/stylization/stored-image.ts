import { AUDIENCES, DownloadClaims } from "../../schema/protocol/tokens.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Clock } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { sha256 } from "../platform/sha256.ts";
import type { Signer } from "../platform/signing.ts";

/** A picture that is kept until it expires, at an address that was signed now. */
export interface StoredImage {
  url: URL;
  width: number;
  height: number;
  contentType: string;
  /** Hexadecimal. */
  sha256: string;
  expiresAt: Date;
}

/** An address of this Worker that gives out a blob, with no other key, until then. */
export type AddressOf = (key: string, until: Date) => Promise<string>;

/** The path of signed URLs, without the token. `workers/http/app.ts` routes it. */
const IMAGES = "/images/";

/** `issuer`: this Worker's public address. */
export const signedAddresses =
  (signer: Signer, issuer: string): AddressOf =>
  async (key, until) =>
    `${issuer}${IMAGES}${await signer.sign(AUDIENCES.download, { sub: key }, until)}`;

/** The blob that an address is for, and whose it is; undefined where its token is forged, foreign or expired. */
export async function blobAt(token: string, signer: Signer): Promise<{ tenantId: string; key: string } | undefined> {
  const claims = await signer.verify(AUDIENCES.download, token, DownloadClaims);
  if (!claims) return undefined;
  const [tenantId = ""] = claims.sub.split("/");
  return { tenantId, key: claims.sub };
}

/** How long a stylized picture is kept. */
const KEPT_MS = 24 * 60 * 60_000;

interface Tools {
  blobs: Blobs;
  addressOf: AddressOf;
}

/** Keeps a picture for a day. */
export async function storeImage(
  { tenantId, blobs, addressOf, clock }: Tools & { tenantId: string; clock: Clock },
  { bytes, ...picture }: { bytes: Uint8Array<ArrayBuffer>; contentType: string; width: number; height: number },
): Promise<StoredImage> {
  const key = `${tenantId}/${newId("blob")}`;
  const known = { ...picture, sha256: await sha256(bytes), expiresAt: new Date(clock() + KEPT_MS) };
  await blobs.put({ ...known, tenantId, key, bytes: bytes.length }, bytes);
  return { url: new URL(await addressOf(key, known.expiresAt)), ...known };
}

/** A picture that was kept before; null where it is there no more, is no picture, or has not been made yet. */
export async function storedImage(
  { blobs, addressOf }: Tools,
  tenantId: string,
  key: string | null,
): Promise<StoredImage | null> {
  const info = key === null ? undefined : await blobs.info(tenantId, key);
  if (!info?.width || !info.height || !info.expiresAt) return null;
  const { width, height, contentType, sha256, expiresAt } = info;
  return { url: new URL(await addressOf(info.key, expiresAt)), width, height, contentType, sha256, expiresAt };
}
