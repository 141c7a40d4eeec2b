import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { ALGORITHM } from "../schema/protocol/tokens.ts";

/** What wrangler.toml requires: see there. */
export interface Secrets {
  /** A JWK set of private Ed25519 keys (RFC 8037), the first of which signs; JSON. */
  SIGNING_KEYS: string;
  /** 32 random bytes, base64. */
  WEBHOOK_SECRET: string;
}

/** A private key that nobody has had before; its `kid` is the time it was made. */
async function newSigningKey(): Promise<object> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: new Date().toISOString() };
}

export const newSecrets = async (): Promise<Secrets> => ({
  SIGNING_KEYS: JSON.stringify({ keys: [await newSigningKey()] }),
  WEBHOOK_SECRET: randomBytes(32).toString("base64"),
});

/**
 * The secrets of this machine's Worker, for wrangler's `--env-file`: kept in the state folder (`secrets.env`, readable by its
 * owner alone), and made at the first start.
 */
export async function secretsFile(state: string): Promise<string> {
  const file = resolve(state, "secrets.env");
  if (existsSync(file)) return file;
  mkdirSync(state, { recursive: true });
  // In single quotes nothing means anything but itself.
  const lines = Object.entries(await newSecrets()).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

const HELP = `node cli/signing-keys.ts: prints a set of one new signing key, for: wrangler secret put SIGNING_KEYS
node cli/signing-keys.ts FILE: the set in that file with a new key before the others, which go when all that they signed has expired
`;

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (file === "--help") process.stdout.write(HELP);
  else {
    const { keys } = file ? (JSON.parse(readFileSync(file, "utf8")) as { keys: object[] }) : { keys: [] };
    console.log(JSON.stringify({ keys: [await newSigningKey(), ...keys] }));
  }
}
