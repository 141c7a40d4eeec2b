import { uint8ArrayToHex } from "uint8array-extras";

/** SHA-256, hexadecimal. */
export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return uint8ArrayToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
