import { base64ToUint8Array, uint8ArrayToBase64 } from "uint8array-extras";

/** Returns the webhook secret of a tenant. */
export type WebhookSecrets = (tenantId: string) => Promise<string>;

/**
 * A tenant's secret for Standard Webhooks, `whsec_` and the base64 of 32 bytes: HMAC-SHA-256 of the tenant's id under the
 * deployment's secret. So no tenant's secret is stored, and one tenant's secret reveals nothing about another's. `master`: base64.
 */
export function webhookSecrets(master: string): WebhookSecrets {
  let key: Promise<CryptoKey> | undefined;
  return async (tenantId) => {
    key ??= crypto.subtle.importKey(
      "raw",
      new Uint8Array(base64ToUint8Array(master)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const mac = await crypto.subtle.sign("HMAC", await key, new TextEncoder().encode(`webhook ${tenantId}`));
    return `whsec_${uint8ArrayToBase64(new Uint8Array(mac))}`;
  };
}
