import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { ALGORITHM } from "../schema/protocol/tokens.ts";

/** The secrets that wrangler.toml requires. */
export interface Secrets {
  /** A JWK set of private Ed25519 keys (RFC 8037), as JSON. The first key signs. */
  SIGNING_KEYS: string;
  /** 32 random bytes, base64. */
  WEBHOOK_SECRET: string;
}

/** Generates a private key. Its `kid` is the time of its creation. */
async function newSigningKey(): Promise<object> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: new Date().toISOString() };
}

export const newSecrets = async (): Promise<Secrets> => ({
  SIGNING_KEYS: JSON.stringify({ keys: [await newSigningKey()] }),
  WEBHOOK_SECRET: randomBytes(32).toString("base64"),
});

/**
 * Returns the path of the local Worker's secrets, for wrangler's `--env-file`. They are created at the first start and stored in the
 * state folder (`secrets.env`, readable only by its owner).
 */
export async function secretsFile(state: string): Promise<string> {
  const file = resolve(state, "secrets.env");
  if (existsSync(file)) return file;
  mkdirSync(state, { recursive: true });
  // Single quotes prevent expansion.
  const lines = Object.entries(await newSecrets()).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

const HELP = `Usage: npm run --silent signing-keys -- [FILE]

Generates a signing key and prints a key set as JSON, for: wrangler secret put SIGNING_KEYS

  without FILE  a set with only the new key
  FILE          rotate: the set in FILE with the new key first. Remove the old keys when everything they signed has expired.
`;

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (file === "--help") process.stdout.write(HELP);
  else {
    const { keys } = file ? (JSON.parse(readFileSync(file, "utf8")) as { keys: object[] }) : { keys: [] };
    console.log(JSON.stringify({ keys: [await newSigningKey(), ...keys] }));
  }
}
