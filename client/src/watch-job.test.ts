import { expect, test } from "vitest";
import { createClient } from "./client.ts";
import { watchJob } from "./jobs.ts";

const job = (state: string, step: number) => ({ id: "job_1", state, step });
const event = (value: unknown) => `event: next\ndata: ${JSON.stringify({ data: { jobUpdated: value } })}\n\n`;
const COMPLETE = "event: complete\ndata:\n\n";

/** A client whose subscriptions return these streams, one after the other. Each stream is a list of chunks; an Error breaks it. */
function clientWith(streams: (string | Error)[][]) {
  let opened = 0;
  const answer = async () => {
    const chunks = streams[opened++] ?? [];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk instanceof Error) controller.error(chunk);
        else if (chunk === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  return {
    client: createClient({ url: "https://service.example", key: "smb_key", fetch: answer }),
    opened: () => opened,
  };
}

async function statesOf(client: Parameters<typeof watchJob>[0]) {
  const states: string[] = [];
  for await (const { state, step } of watchJob(client, "job_1")) states.push(`${state} ${step}`);
  return states;
}

test("events can be split anywhere between chunks, and comments are ignored", async () => {
  const text = `:\n\n${event(job("QUEUED", 0))}: keep-alive\n\n${event(job("SUCCEEDED", 9))}${COMPLETE}`;
  for (const size of [1, 7, 50, text.length]) {
    const chunks = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g"))!;
    expect(await statesOf(clientWith([chunks]).client)).toEqual(["QUEUED 0", "SUCCEEDED 9"]);
  }
});

test("after a lost connection it reconnects, and does not repeat what it yielded before", async () => {
  const { client, opened } = clientWith([
    [event(job("RUNNING", 1)), new Error("reset")],
    [event(job("RUNNING", 1)), event(job("RUNNING", 2))],
    [event(job("SUCCEEDED", 3)), COMPLETE],
  ]);
  expect(await statesOf(client)).toEqual(["RUNNING 1", "RUNNING 2", "SUCCEEDED 3"]);
  expect(opened()).toBe(3);
});

test("an error of the subscription is thrown", async () => {
  const errors = JSON.stringify({ errors: [{ message: "No.", extensions: { code: "FORBIDDEN" } }] });
  const { client } = clientWith([[`event: next\ndata: ${errors}\n\n`]]);
  await expect(statesOf(client)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("where responses cannot be streamed, as in React Native, the job is read repeatedly", async () => {
  const answers = [job("RUNNING", 1), job("SUCCEEDED", 2)];
  const client = createClient({
    url: "https://service.example",
    key: "smb_key",
    fetch: async (_, init) => {
      const isSubscription = String(init?.body).includes("subscription");
      return isSubscription
        ? Object.defineProperty(new Response(null, { headers: { "content-type": "text/event-stream" } }), "body", {})
        : Response.json({ data: { job: answers.shift() } });
    },
  });
  expect(await statesOf(client)).toEqual(["RUNNING 1", "SUCCEEDED 2"]);
});
