import { AUDIENCES, DownloadClaims } from "../../schema/protocol/tokens.ts";
import type { Blobs } from "./blobs.ts";
import type { Clock } from "./clock.ts";
import { newId } from "./ids.ts";
import { sha256 } from "./sha256.ts";
import type { Signer } from "./signing.ts";

/** A stored picture and a signed URL that serves it until it expires. */
export interface StoredImage {
  url: URL;
  width: number;
  height: number;
  contentType: string;
  /** Hexadecimal. */
  sha256: string;
  expiresAt: Date;
}

/** Signs a URL of this Worker that serves the blob with this key until the given time, without an API key. */
export type SignUrl = (key: string, until: Date) => Promise<string>;

/** The path of signed URLs, without the token. `workers/http/app.ts` routes it. */
const IMAGES = "/images/";

/** `issuer`: the Worker's public URL. */
export const createUrlSigner =
  (signer: Signer, issuer: string): SignUrl =>
  async (key, until) =>
    `${issuer}${IMAGES}${await signer.sign(AUDIENCES.download, { sub: key }, until)}`;

/** Returns the blob of a signed URL's token, and its tenant. Undefined if the token is invalid or has expired. */
export async function blobOfToken(
  token: string,
  signer: Signer,
): Promise<{ tenantId: string; key: string } | undefined> {
  const claims = await signer.verify(AUDIENCES.download, token, DownloadClaims);
  if (!claims) return undefined;
  const [tenantId = ""] = claims.sub.split("/");
  return { tenantId, key: claims.sub };
}

/** How long a stylized picture is kept: one day. */
const RETENTION_MS = 24 * 60 * 60_000;

interface StoredImageDeps {
  blobs: Blobs;
  signUrl: SignUrl;
}

/** Stores a picture for one day. */
export async function storeImage(
  { tenantId, blobs, signUrl, clock }: StoredImageDeps & { tenantId: string; clock: Clock },
  { bytes, ...picture }: { bytes: Uint8Array<ArrayBuffer>; contentType: string; width: number; height: number },
): Promise<StoredImage> {
  const key = `${tenantId}/${newId("blob")}`;
  const info = { ...picture, sha256: await sha256(bytes), expiresAt: new Date(clock() + RETENTION_MS) };
  await blobs.put({ ...info, tenantId, key, bytes: bytes.length }, bytes);
  return { url: new URL(await signUrl(key, info.expiresAt)), ...info };
}

/** Returns a stored picture with a new signed URL. Null if `key` is null, or if the blob was deleted or is not a picture. */
export async function findStoredImage(
  { blobs, signUrl }: StoredImageDeps,
  tenantId: string,
  key: string | null,
): Promise<StoredImage | null> {
  const info = key === null ? undefined : await blobs.info(tenantId, key);
  if (!info?.width || !info.height || !info.expiresAt) return null;
  const { width, height, contentType, sha256, expiresAt } = info;
  return { url: new URL(await signUrl(info.key, expiresAt)), width, height, contentType, sha256, expiresAt };
}
