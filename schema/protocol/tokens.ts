import * as v from "valibot";
import { Id, PositiveInt } from "./values.ts";

/**
 * JSON Web Tokens (RFC 7519). The Worker signs them with Ed25519 (RFC 8037, `alg: EdDSA`) and names the key in `kid`. Its public
 * keys are at `<issuer>/.well-known/jwks.json`. `iss` is the Worker's public URL. `aud` is what the token is valid for.
 */
export const AUDIENCES = {
  /** For the job service: run this job. */
  job: "semblance:job",
  /** For the Worker: reports and artifacts of this job and attempt. */
  report: "semblance:report",
  /** For the Worker: serve this blob to any client that has the URL. */
  download: "semblance:download",
} as const;

export const ALGORITHM = "EdDSA";

/** Claims of a job token, in addition to `iss`, `aud` and `exp`. `digest`: SHA-256 of the dispatch's body, hexadecimal. */
export const JobClaims = v.object({ sub: Id, attempt: PositiveInt, digest: v.string() });
/** Claims of a report token. `tenant`: the tenant that owns the job. */
export const ReportClaims = v.object({ sub: Id, attempt: PositiveInt, tenant: Id });
/** Claims of a download token. `sub` is the blob's key. */
export const DownloadClaims = v.object({ sub: v.string() });
