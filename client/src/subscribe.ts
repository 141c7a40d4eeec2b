import type { SemblanceClient } from "./client.ts";
import { SemblanceError } from "./error.ts";
import { connectionError, dataOf, requestOf, type TypedDocument } from "./send.ts";

/**
 * Yields the events of a subscription until it is complete. Throws a {@link SemblanceError} with the code NETWORK if the connection is
 * lost before. Returns undefined instead of a stream if `fetch` cannot stream responses, as in React Native.
 *
 * GraphQL over Server-Sent Events, distinct connections mode:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
export async function subscribe<Result, Variables extends object>(
  client: SemblanceClient,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<AsyncGenerator<Result> | undefined> {
  const request = await requestOf(client, document, variables, "text/event-stream");
  const failed = (error: unknown): never => {
    throw connectionError(client, error, signal);
  };
  const response = await client.fetch(client.endpoint, { ...request, ...(signal && { signal }) }).catch(failed);
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    await dataOf(response);
    throw new SemblanceError("The service did not open a stream of events.", { code: "BAD_RESPONSE" });
  }
  return response.body ? eventsOf<Result>(response, response.body, failed) : undefined;
}

async function* eventsOf<Result>(
  { status, headers }: Response,
  body: ReadableStream<Uint8Array>,
  failed: (error: unknown) => never,
): AsyncGenerator<Result> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(failed);
      if (done) failed(new Error("The stream ended before it was complete."));
      text += decoder.decode(value, { stream: true });
      const messages = text.split(/\r?\n\r?\n/);
      text = messages.pop() ?? "";
      for (const message of messages) {
        const { event, data } = fieldsOf(message);
        if (event === "complete") return;
        if (event === "next") yield await dataOf<Result>(new Response(data, { status, headers }));
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The fields of a message. https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function fieldsOf(message: string): { event: string; data: string } {
  const fields = { event: "message", data: "" };
  const data: string[] = [];
  for (const line of message.split(/\r?\n/)) {
    const [, name, value = ""] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    if (name === "event") fields.event = value;
    if (name === "data") data.push(value);
  }
  return { ...fields, data: data.join("\n") };
}
