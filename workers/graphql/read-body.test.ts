import { expect, test, vi } from "vitest";
import { readBody, SMALL_BODY_BYTES } from "./read-body.ts";

const MOST = 10 * SMALL_BODY_BYTES;

/** A request whose body comes in pieces, and what happens while it is read, in its order: bytes that room is made for, and "read". */
function requestOf(body: Uint8Array, headers: Record<string, string> = {}) {
  const events: (number | "read")[] = [];
  let sent = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (events.at(-1) !== "read") events.push("read");
      const piece = body.slice(sent, sent + 10_000);
      sent += piece.length;
      if (piece.length > 0) return controller.enqueue(piece);
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
  const read = async (makeRoom = async (most: number) => void events.push(most)) => {
    const found = await readBody(request, MOST, makeRoom);
    return found && Buffer.from(found).toString("base64");
  };
  return { read, events };
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);
const base64 = (length: number) => Buffer.from(bytes(length)).toString("base64");
const declared = (length: number) => ({ "content-length": String(length) });

test.each([0, 1, SMALL_BODY_BYTES])("a small body of %d bytes is read without asking for room", async (length) => {
  for (const headers of [declared(length), {}]) {
    const { read, events } = requestOf(bytes(length), headers);
    expect(await read()).toBe(base64(length));
    expect(events).toEqual(["read"]);
  }
});

test("room is made for what Content-Length says before anything is read", async () => {
  const length = SMALL_BODY_BYTES + 1;
  const { read, events } = requestOf(bytes(length), declared(length));
  expect(await read()).toBe(base64(length));
  expect(events).toEqual([length, "read"]);
});

test("room is made for all that may come where a body without a length turns out not to be small", async () => {
  const { read, events } = requestOf(bytes(MOST));
  expect(await read()).toBe(base64(MOST));
  expect(events).toEqual(["read", MOST, "read"]);
});

test("a body that is too large is not given", async () => {
  for (const headers of [declared(1), {}]) expect(await requestOf(bytes(MOST + 1), headers).read()).toBeUndefined();
});

test("nothing is read where no room is made", async () => {
  const { read, events } = requestOf(bytes(MOST), declared(MOST));
  const full = () => Promise.reject(new Error("There is no room."));
  await expect(read(full)).rejects.toThrow("There is no room.");
  expect(events).toEqual([]);
});

test("a body that does not arrive is given up", async () => {
  vi.useFakeTimers();
  try {
    const body = new ReadableStream({ type: "bytes" });
    const request = new Request("http://localhost", { method: "POST", body, duplex: "half" } as RequestInit);
    const refused = expect(readBody(request, MOST, async () => {})).rejects.toThrow("It did not arrive within");
    await vi.runAllTimersAsync();
    await refused;
  } finally {
    vi.useRealTimers();
  }
});
