/** The static assets that are deployed with the Worker. An interface, so that tests can replace it. */
export interface Assets {
  /** Reads a file by its path. Throws if the file does not exist. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Responds to an HTTP request for a file. Supports conditional request headers. */
  answer(request: Request): Promise<Response>;
}

/** A placeholder. The binding uses only the path of a URL. */
const ORIGIN = "https://assets.invalid";

export const openAssets = (binding: Fetcher): Assets => ({
  async read(path) {
    const response = await binding.fetch(`${ORIGIN}${path}`);
    if (!response.ok)
      throw new Error(
        `The static asset ${path} cannot be read: HTTP ${response.status}. Run npm run setup, then deploy again.`,
      );
    return new Uint8Array(await response.arrayBuffer());
  },
  async answer(request) {
    const response = await binding.fetch(request);
    // A copy, because headers of a fetched response cannot be changed.
    return new Response(response.body, response);
  },
});
