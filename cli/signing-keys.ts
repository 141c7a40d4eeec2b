import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { exportJWK, generateKeyPair } from "jose";
import * as v from "valibot";
import { ALGORITHM } from "../schema/protocol/tokens.ts";
import { toUserError, UserError } from "./user-error.ts";

/** The secrets that wrangler.toml requires. */
export interface Secrets {
  /** A JWK set of private Ed25519 keys (RFC 8037), as JSON. The first key signs. */
  SIGNING_KEYS: string;
  /** 32 random bytes, base64. */
  WEBHOOK_SECRET: string;
}

const KEY_SET = v.object({ keys: v.array(v.looseObject({ kty: v.string() })) });

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

if (import.meta.main) {
  const program = new Command("npm run --silent signing-keys --")
    .description("Generates a signing key and prints a key set as JSON, for: wrangler secret put SIGNING_KEYS")
    .argument(
      "[file]",
      "rotate: the key set in this file, with the new key first. Remove the old keys when everything they signed has expired",
    )
    .parse();
  const [file] = program.args;
  const keys = file === undefined ? [] : readKeys(file);
  console.log(JSON.stringify({ keys: [await newSigningKey(), ...keys] }));

  /** Ends the program with a one-line error if the file is not a key set. */
  function readKeys(path: string): object[] {
    try {
      return v.parse(KEY_SET, JSON.parse(readFileSync(path, "utf8"))).keys;
    } catch (error) {
      const reason = toUserError(path, error);
      const isKnown = reason instanceof UserError;
      return program.error(`error: ${isKnown ? reason.message : `${path}: it is not a key set, {"keys": […]}.`}`);
    }
  }
}
