import { expect, test } from "vitest";
import { retryAfter } from "./dispatch.ts";

const now = Date.parse("2026-11-24T12:00:00Z");

test.each([
  ["7", 7_000],
  ["0", 1_000],
  ["999999", 3_600_000],
  ["Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", 1_000],
  ["soon", 5_000],
  [null, 5_000],
])("Retry-After: %s gives a delay of %i ms", (header, ms) => expect(retryAfter(header, now)).toBe(ms));
