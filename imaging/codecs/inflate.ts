import { createInflate } from "node:zlib";

/** Bytes that are inflated at a time. */
const SLICE = 64 * 1024;

/**
 * Inflates zlib data (RFC 1950) slice by slice, only as far as the caller reads: 3 MB can inflate to 3 GB. Rejects if the data
 * are corrupt. In workerd, DecompressionStream would inflate all data ahead of its reader.
 */
export async function* inflate(data: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const stream = createInflate({ chunkSize: SLICE });
  for (const piece of data) stream.write(piece);
  stream.end();
  yield* stream;
}
