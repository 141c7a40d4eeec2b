import { DrizzleQueryError } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { log } from "./log.ts";

afterEach(() => vi.restoreAllMocks());

const lineOf = (write: () => void): string => {
  const lines: string[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => lines.push(line));
  }
  write();
  expect(lines).toHaveLength(1);
  return lines[0]!;
};

test("a log line is one JSON object", () => {
  const line = lineOf(() => log("info", { event: "request", requestId: "r", outcome: "ok", ms: 12 }));
  expect(JSON.parse(line)).toEqual({ level: "info", event: "request", requestId: "r", outcome: "ok", ms: 12 });
});

test("a failed query is logged without its parameters, at any depth among the causes", () => {
  const cause = new Error("D1_ERROR: no such table: subjects");
  const query = new DrizzleQueryError("insert into subjects values (?, ?)", ["a secret name", "[1, 2, 3]"], cause);
  const line = lineOf(() =>
    log("error", { event: "request.failed", error: new Error("enrolling failed", { cause: query }) }),
  );
  expect(line).not.toContain("secret");
  expect(line).not.toContain("[1, 2, 3]");
  expect(line).toContain("insert into subjects values (?, ?)");
  expect(line).toContain("no such table: subjects");
  expect(line).toContain("log.test.ts");
});
