import { createLocalJWKSet, errors, importJWK, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import * as v from "valibot";
import { ALGORITHM, type AUDIENCES } from "../../schema/protocol/tokens.ts";

type Audience = (typeof AUDIENCES)[keyof typeof AUDIENCES];

/** Signs and verifies the tokens of this Worker. */
export interface Signer {
  /** Signs a token with these claims that is valid until `expiresAt`. */
  sign(audience: Audience, claims: JWTPayload, expiresAt: Date): Promise<string>;
  /** The claims of a token for this audience; undefined if it is forged, foreign, expired or malformed. */
  verify<T>(audience: Audience, token: string, claims: v.GenericSchema<unknown, T>): Promise<T | undefined>;
  /** The public keys, for /.well-known/jwks.json. */
  readonly publicKeys: JSONWebKeySet;
}

const PrivateKey = v.looseObject({
  kty: v.literal("OKP"),
  crv: v.literal("Ed25519"),
  kid: v.pipe(v.string(), v.minLength(1)),
  x: v.string(),
  d: v.string(),
});
const PrivateKeys = v.pipe(v.string(), v.parseJson(), v.object({ keys: v.pipe(v.array(PrivateKey), v.minLength(1)) }));

/**
 * `keySet`: a JWK set of private Ed25519 keys (RFC 8037). The first key signs, and all are published. To
 * rotate a key, put the new one first, and remove the old one when the last token that it signed has expired.
 */
export function createSigner(keySet: string, issuer: string, clock: () => number): Signer {
  const { keys } = v.parse(PrivateKeys, keySet);
  const publicKeys = {
    keys: keys.map(({ kty, crv, kid, x }) => ({ kty, crv, kid, x, use: "sig", alg: ALGORITHM })),
  };
  const known = createLocalJWKSet(publicKeys);
  const [first] = keys as [(typeof keys)[number], ...typeof keys];
  let key: ReturnType<typeof importJWK> | undefined;

  return {
    publicKeys,
    async sign(audience, claims, expiresAt) {
      key ??= importJWK(first, ALGORITHM);
      return new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid: first.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(Math.floor(clock() / 1000))
        .setExpirationTime(Math.ceil(expiresAt.getTime() / 1000))
        .sign(await key);
    },
    async verify(audience, token, claims) {
      try {
        const { payload } = await jwtVerify(token, known, {
          issuer,
          audience,
          algorithms: [ALGORITHM],
          currentDate: new Date(clock()),
          requiredClaims: ["exp"],
        });
        const read = v.safeParse(claims, payload);
        return read.success ? read.output : undefined;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
