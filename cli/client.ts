import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createClient as connect, type SemblanceClient } from "../client/src/client.ts";
import { execute, requestOf } from "../client/src/send.ts";

/** A picture on disk, as the value of an `Upload` variable. */
export class PictureFile extends File {
  constructor(path: string) {
    super([readFileSync(path)], basename(path));
  }
}

interface GraphQLResponse<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** The client of `client/`, for programs that write their own documents. It repeats no request. */
export interface Client extends SemblanceClient {
  /** Returns the data of a request. Throws if the response has errors. */
  request<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  /** Returns the response as it is, also if it has errors. */
  send<T>(
    document: string,
    variables?: Record<string, unknown>,
  ): Promise<{ response: Response; body: GraphQLResponse<T> }>;
}

const TIMEOUT_MS = 120_000;

export function createClient(url: string, key: string | undefined): Client {
  const client = connect({ url, key, timeoutMs: TIMEOUT_MS, retries: 0 });
  return {
    ...client,
    request: <T>(document: string, variables: Record<string, unknown> = {}) =>
      execute<T, Record<string, unknown>>(client, document, variables),
    async send<T>(document: string, variables: Record<string, unknown> = {}) {
      const request = await requestOf(client, document, variables);
      const response = await fetch(client.endpoint, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return { response, body: (await response.json()) as GraphQLResponse<T> };
    },
  };
}
