import * as v from "valibot";
import { Id, Positive } from "./values.ts";

/**
 * JSON Web Tokens (RFC 7519) that the Worker signs with Ed25519 (RFC 8037, `alg: EdDSA`) and a key named by `kid`; its public
 * keys are at `<issuer>/.well-known/jwks.json`. `iss` is the Worker's public address, and `aud` says what a token is good for.
 */
export const AUDIENCES = {
  /** For the job service: do this job. */
  job: "semblance:job",
  /** For the Worker: reports and artifacts of this job and attempt. */
  report: "semblance:report",
  /** For the Worker: give out this blob to whoever has the address. */
  download: "semblance:download",
} as const;

export const ALGORITHM = "EdDSA";

/** Claims of a job token beside `iss`, `aud` and `exp`. `digest`: SHA-256 of the dispatch's body, hexadecimal. */
export const JobClaims = v.object({ sub: Id, attempt: Positive, digest: v.string() });
/** Claims of a report token. `tenant`: whose job it is. */
export const ReportClaims = v.object({ sub: Id, attempt: Positive, tenant: Id });
/** Claims of a download token: `sub` is the blob's key. */
export const DownloadClaims = v.object({ sub: v.string() });
