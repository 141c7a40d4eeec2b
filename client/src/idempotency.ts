/**
 * A new idempotency key. It makes it safe to repeat a request whose response was lost. It need not be secret, so environments without
 * `crypto.randomUUID`, such as React Native, use `Math.random`.
 */
export const newIdempotencyKey = (): string =>
  globalThis.crypto?.randomUUID?.() ?? Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join("-");
