import { expect, test, vi } from "vitest";
import { readBody, SMALL_BODY_BYTES } from "./read-body.ts";

const MAX = 10 * SMALL_BODY_BYTES;

/** A request whose body arrives in chunks. `events`: the reserved bytes and "read", in order. */
function requestOf(body: Uint8Array, headers: Record<string, string> = {}) {
  const events: (number | "read")[] = [];
  let sent = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (events.at(-1) !== "read") events.push("read");
      const chunk = body.slice(sent, sent + 10_000);
      sent += chunk.length;
      if (chunk.length > 0) return controller.enqueue(chunk);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
  const request = new Request("http://localhost", {
    method: "POST",
    headers,
    body: stream,
    duplex: "half",
  } as RequestInit);
  const read = async (reserve = async (bytes: number) => void events.push(bytes)) => {
    const found = await readBody(request, MAX, reserve);
    return found && Buffer.from(found).toString("base64");
  };
  return { read, events };
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);
const base64 = (length: number) => Buffer.from(bytes(length)).toString("base64");
const declared = (length: number) => ({ "content-length": String(length) });

test.each([0, 1, SMALL_BODY_BYTES])("a small body of %d bytes is read without a reservation", async (length) => {
  for (const headers of [declared(length), {}]) {
    const { read, events } = requestOf(bytes(length), headers);
    expect(await read()).toBe(base64(length));
    expect(events).toEqual(["read"]);
  }
});

test("memory for the Content-Length is reserved before the body is read", async () => {
  const length = SMALL_BODY_BYTES + 1;
  const { read, events } = requestOf(bytes(length), declared(length));
  expect(await read()).toBe(base64(length));
  expect(events).toEqual([length, "read"]);
});

test("memory for the largest body is reserved when a body without Content-Length turns out not to be small", async () => {
  const { read, events } = requestOf(bytes(MAX));
  expect(await read()).toBe(base64(MAX));
  expect(events).toEqual(["read", MAX, "read"]);
});

test("a body that is too large gives undefined", async () => {
  for (const headers of [declared(1), {}]) expect(await requestOf(bytes(MAX + 1), headers).read()).toBeUndefined();
});

test("nothing is read if the reservation fails", async () => {
  const { read, events } = requestOf(bytes(MAX), declared(MAX));
  const full = () => Promise.reject(new Error("No memory is available."));
  await expect(read(full)).rejects.toThrow("No memory is available.");
  expect(events).toEqual([]);
});

test("a body that does not arrive times out", async () => {
  vi.useFakeTimers();
  try {
    const body = new ReadableStream({ type: "bytes" });
    const request = new Request("http://localhost", { method: "POST", body, duplex: "half" } as RequestInit);
    const refused = expect(readBody(request, MAX, async () => {})).rejects.toThrow("It did not arrive within");
    await vi.runAllTimersAsync();
    await refused;
  } finally {
    vi.useRealTimers();
  }
});
