import { createHash } from "node:crypto";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import * as v from "valibot";
import { ALGORITHM, AUDIENCES, JobClaims } from "../../schema/protocol/tokens.ts";

/** `unknown`: the issuer's keys cannot be had at the moment, so that nothing can be said of the token. */
type Authority =
  | { kind: "authorized"; jobId: string; attempt: number /** In milliseconds since 1970. */; goodUntil: number }
  | { kind: "refused"; error: string }
  | { kind: "unknown" };

export type Authorize = (authorization: string | undefined, body: Uint8Array) => Promise<Authority>;

/** Clocks of two machines are apart by so many seconds. */
const TOLERANCE_S = 30;
/** A forger's key ids make us ask for keys this often at most, in milliseconds; a new key is good after as long. */
const COOLDOWN_MS = 1_000;
const LIMIT_MS = 5_000;

/** The token is of the issuer, for this service, not expired, and for these very bytes. RFC 7519, RFC 8037. */
export function createAuthorize(issuer: string): Authorize {
  // Where keys come from is decided here: a token's own `jku`, `jwk` or `iss` name nobody.
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: LIMIT_MS,
  });

  return async (authorization, body) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return refused("Send the job token: Authorization: Bearer ….");
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: AUDIENCES.job,
        algorithms: [ALGORITHM],
        requiredClaims: ["exp"],
        clockTolerance: TOLERANCE_S,
      });
      const read = v.safeParse(JobClaims, payload);
      if (!read.success) return refused("The job token lacks what a job token says.");
      const { sub, attempt, digest } = read.output;
      if (digest !== createHash("sha256").update(body).digest("hex"))
        return refused("The job token is of another message.");
      return { kind: "authorized", jobId: sub, attempt, goodUntil: 1_000 * ((payload.exp ?? 0) + TOLERANCE_S) };
    } catch (error) {
      return isOfTheToken(error) ? refused(`The job token is not good here (${error.code}).`) : { kind: "unknown" };
    }
  };
}

const refused = (error: string): Authority => ({ kind: "refused", error });

/** What is wrong with the token itself, and not with the way to the keys. */
const isOfTheToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) &&
  error.code !== errors.JOSEError.code;
