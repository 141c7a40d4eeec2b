/** The part of Node's zlib that the Worker uses. The types of all of Node would clash with the Worker's. */
declare module "node:zlib" {
  /** A stream of chunks of at most `chunkSize` bytes. It inflates only as far as it is read. */
  export function createInflate(options: { chunkSize: number }): AsyncIterable<Uint8Array> & {
    write(chunk: Uint8Array): void;
    end(): void;
  };
}
