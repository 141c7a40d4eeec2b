import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";

/** A picture on disk, given as the value of an `Upload` variable. */
export class PictureFile {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

interface GraphQLAnswer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** A GraphQL client that uploads by the multipart request specification. */
export interface Client {
  /** The data of a request; throws where the answer has errors. */
  request<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  /** The answer as it came. */
  send<T>(
    document: string,
    variables?: Record<string, unknown>,
  ): Promise<{ response: Response; body: GraphQLAnswer<T> }>;
  /** What a subscription says, until it ends or the signal aborts; throws where it says errors. Server-Sent Events, distinct connections mode. */
  subscribe<T>(document: string, variables: Record<string, unknown>, signal?: AbortSignal): AsyncGenerator<T>;
}

const LIMIT_MS = 120_000;

export function createClient(url: string, key: string | undefined): Client {
  const endpoint = new URL("/graphql", url);
  const headers = { accept: "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  const send = async <T>(document: string, variables: Record<string, unknown> = {}) => {
    const { cleared, files } = takeFiles(variables);
    const operations = JSON.stringify({ query: document, variables: cleared });
    const response = await fetch(endpoint, {
      method: "POST",
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(files.length === 0
        ? { headers: { ...headers, "content-type": "application/json" }, body: operations }
        : { headers, body: multipart(operations, files) }),
    });
    return { response, body: (await response.json()) as GraphQLAnswer<T> };
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
        throw new Error(`The subscription was answered ${response.status}: ${await response.text()}`);
      const reader = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
        .getReader();
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          if (next.value.event !== "next") continue;
          const { data, errors } = JSON.parse(next.value.data) as GraphQLAnswer<T>;
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
        throw new Error(`The API answered ${response.status}: ${body.errors?.map((e) => e.message).join("; ")}`);
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

/** The variables with null in place of each file, and the files with their paths. */
function takeFiles(variables: Record<string, unknown>) {
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
