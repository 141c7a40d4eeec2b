import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";

/** A picture on disk, as the value of an `Upload` variable. */
export class PictureFile {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

interface GraphQLResponse<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** A GraphQL client that uploads by the multipart request specification. */
export interface Client {
  /** Returns the data of a request. Throws if the response has errors. */
  request<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  /** Returns the response as it is, also if it has errors. */
  send<T>(
    document: string,
    variables?: Record<string, unknown>,
  ): Promise<{ response: Response; body: GraphQLResponse<T> }>;
  /**
   * Yields the events of a subscription until it ends or the signal aborts. Throws if an event has errors. Uses Server-Sent Events in
   * distinct connections mode.
   */
  subscribe<T>(document: string, variables: Record<string, unknown>, signal?: AbortSignal): AsyncGenerator<T>;
}

const TIMEOUT_MS = 120_000;

export function createClient(url: string, key: string | undefined): Client {
  const endpoint = new URL("/graphql", url);
  const headers = { accept: "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  const send = async <T>(document: string, variables: Record<string, unknown> = {}) => {
    const { cleared: variablesWithoutFiles, files } = extractFiles(variables);
    const operations = JSON.stringify({ query: document, variables: variablesWithoutFiles });
    const response = await fetch(endpoint, {
      method: "POST",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(files.length === 0
        ? { headers: { ...headers, "content-type": "application/json" }, body: operations }
        : { headers, body: multipart(operations, files) }),
    });
    return { response, body: (await response.json()) as GraphQLResponse<T> };
  };
  return {
    send,
    async *subscribe<T>(query: string, variables: Record<string, unknown>, signal?: AbortSignal) {
      const response = await fetch(endpoint, {
        method: "POST",
        headers: { ...headers, accept: "text/event-stream", "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
        ...(signal && { signal }),
      });
      if (!response.ok || !response.body)
        throw new Error(`The subscription failed with status ${response.status}: ${await response.text()}`);
      const reader = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
        .getReader();
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          if (next.value.event !== "next") continue;
          const { data, errors } = JSON.parse(next.value.data) as GraphQLResponse<T>;
          if (errors || data == null)
            throw new Error(errors?.map(({ message, extensions }) => `${message} (${extensions?.code})`).join("; "));
          yield data;
        }
      } finally {
        await reader.cancel();
      }
    },
    request: async <T>(document: string, variables?: Record<string, unknown>) => {
      const { response, body } = await send<T>(document, variables);
      if (body.errors || body.data == null) {
        throw new Error(
          `The request failed with status ${response.status}: ${body.errors?.map((e) => e.message).join("; ")}`,
        );
      }
      return body.data;
    },
  };
}

/** https://github.com/jaydenseric/graphql-multipart-request-spec */
function multipart(operations: string, files: { at: string; file: PictureFile }[]): FormData {
  const form = new FormData();
  form.set("operations", operations);
  form.set("map", JSON.stringify(Object.fromEntries(files.map(({ at }, i) => [String(i), [at]]))));
  for (const [i, { file }] of files.entries()) {
    form.set(String(i), new Blob([readFileSync(file.path)]), basename(file.path));
  }
  return form;
}

/** Replaces each file in the variables by null, and returns the files with their paths. */
function extractFiles(variables: Record<string, unknown>) {
  const files: { at: string; file: PictureFile }[] = [];
  const walk = (value: unknown, at: string): unknown => {
    if (value instanceof PictureFile) {
      files.push({ at, file: value });
      return null;
    }
    if (Array.isArray(value)) return value.map((item, i) => walk(item, `${at}.${i}`));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, `${at}.${name}`)]));
    }
    return value;
  };
  return { cleared: walk(variables, "variables"), files };
}
