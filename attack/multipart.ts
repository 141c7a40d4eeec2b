/** One part of a multipart body. It is a file if it has a file name. */
export interface Part {
  name: string;
  content: string | Uint8Array;
  fileName?: string;
}

const BOUNDARY = "attack-6f1ce1b2d1";

/** A multipart/form-data body (RFC 7578) with the given parts in the given order. */
export function multipart(parts: Iterable<Part>): { headers: Record<string, string>; body: Buffer } {
  const pieces: (string | Uint8Array)[] = [];
  for (const { name, content, fileName } of parts) {
    const file = fileName === undefined ? "" : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`;
    pieces.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`, content, "\r\n");
  }
  pieces.push(`--${BOUNDARY}--\r\n`);
  return {
    headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
    body: Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece))),
  };
}

/** A GraphQL request with one file, by the multipart request specification. `at` is the path of the variable. */
export const upload = (query: string, variables: Record<string, unknown>, at: string, file: Uint8Array) =>
  multipart([
    { name: "operations", content: JSON.stringify({ query, variables }) },
    { name: "map", content: JSON.stringify({ 0: [at] }) },
    { name: "0", content: file, fileName: "picture" },
  ]);
