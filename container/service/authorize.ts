import { createHash } from "node:crypto";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import * as v from "valibot";
import { ALGORITHM, AUDIENCES, JobClaims } from "../../schema/protocol/tokens.ts";

/**
 * `keysUnavailable`: the issuer's keys cannot be fetched at the moment, so the token can be neither accepted nor refused.
 * `expiresAt`: in milliseconds since 1970, including the tolerance for clocks.
 */
type Authorization =
  | { kind: "authorized"; jobId: string; attempt: number; expiresAt: number }
  | { kind: "refused"; error: string }
  | { kind: "keysUnavailable" };

export type Authorize = (authorization: string | undefined, body: Uint8Array) => Promise<Authorization>;

/** How far the clocks of the Worker and of this service may differ. */
const CLOCK_TOLERANCE_S = 30;
/** Minimum time between two fetches of the keys, so that forged key ids cannot cause more. A new key works after this time. */
const KEYS_COOLDOWN_MS = 1_000;
const KEYS_TIMEOUT_MS = 5_000;

/**
 * Creates the check of job tokens. A token must be signed by the issuer, for this service, not expired, and for exactly the bytes of
 * the body. RFC 7519, RFC 8037.
 */
export function createAuthorize(issuer: string): Authorize {
  // Only the configured issuer's keys count. `jku`, `jwk` and `iss` of a token cannot name another source.
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    cooldownDuration: KEYS_COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });

  return async (authorization, body) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return refused("The job token is missing. Send it as Authorization: Bearer ….");
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: AUDIENCES.job,
        algorithms: [ALGORITHM],
        requiredClaims: ["exp"],
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      const read = v.safeParse(JobClaims, payload);
      if (!read.success) return refused("The job token lacks a required claim: sub, attempt or digest.");
      const { sub, attempt, digest } = read.output;
      if (digest !== createHash("sha256").update(body).digest("hex"))
        return refused("The job token does not match the request body.");
      return { kind: "authorized", jobId: sub, attempt, expiresAt: 1_000 * ((payload.exp ?? 0) + CLOCK_TOLERANCE_S) };
    } catch (error) {
      return isTokenError(error) ? refused(`The job token is invalid (${error.code}).`) : { kind: "keysUnavailable" };
    }
  };
}

const refused = (error: string): Authorization => ({ kind: "refused", error });

/** Whether the token itself is invalid. Other errors mean that the keys could not be fetched. */
const isTokenError = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) &&
  error.code !== errors.JOSEError.code;
