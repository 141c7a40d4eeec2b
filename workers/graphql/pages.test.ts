import fc from "fast-check";
import { expect, test } from "vitest";
import { newId } from "../platform/ids.ts";
import { countedConnection as connection, cursorOf, idOfCursor, pageOf } from "./pages.ts";

test("a cursor decodes to its ID and does not show it", () => {
  for (const type of ["collection", "subject"] as const) {
    const id = newId(type);
    expect(idOfCursor(cursorOf(id))).toBe(id);
    expect(cursorOf(id)).not.toContain(id);
  }
});

test("an invalid cursor is refused", () => {
  fc.assert(fc.property(fc.string(), (text) => idOfCursor(text) === undefined));
  fc.assert(fc.property(fc.base64String(), (text) => idOfCursor(text) === undefined));
  expect(idOfCursor(btoa(`2:${newId("subject")}`))).toBeUndefined();
  expect(() => pageOf({ after: "x" })).toThrow(expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } }));
});

test("a page has 1 to 100 items; default: 25", () => {
  expect(pageOf({})).toEqual({ first: 25, after: undefined });
  expect(pageOf({ first: null, after: null })).toEqual({ first: 25, after: undefined });
  expect(pageOf({ first: 100 }).first).toBe(100);
  for (const first of [0, -1, 101, 1_000_000]) {
    expect(() => pageOf({ first })).toThrow(expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } }));
  }
});

test("a page has start and end cursors, and counts only if totalCount is requested", async () => {
  const items = [{ id: newId("subject") }, { id: newId("subject") }];
  let counted = 0;
  const page = connection({ items, hasNextPage: true }, { first: 2, after: newId("subject") }, async () => ++counted);
  expect(page.pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: true,
    startCursor: cursorOf(items[0]!.id),
    endCursor: cursorOf(items[1]!.id),
  });
  expect(counted).toBe(0);
  expect(await page.totalCount()).toBe(1);
  const empty = connection({ items: [], hasNextPage: false }, { first: 2 }, async () => 0);
  expect(empty.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
});
