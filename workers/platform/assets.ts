/** The static assets that were uploaded beside the script: a port. */
export interface Assets {
  /** A file that must be there, by its path. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Answers a request for a file, with the conditions that its headers make. */
  answer(request: Request): Promise<Response>;
}

/** The origin is never asked: the binding goes by the path alone. */
const ORIGIN = "https://assets.invalid";

export const openAssets = (binding: Fetcher): Assets => ({
  async read(path) {
    const response = await binding.fetch(`${ORIGIN}${path}`);
    if (!response.ok)
      throw new Error(`The asset ${path} is missing (${response.status}). Run npm run setup and deploy again.`);
    return new Uint8Array(await response.arrayBuffer());
  },
  answer: (request) => binding.fetch(request),
});
