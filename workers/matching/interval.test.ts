import { expect, test } from "vitest";
import { wilson } from "./interval.ts";

test("Wilson's interval equals the published values", () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [count, trials, low, high] of published) {
    expect(wilson(count, trials).low).toBeCloseTo(low, 4);
    expect(wilson(count, trials).high).toBeCloseTo(high, 4);
  }
});

test("the interval ends where a score test just rejects", () => {
  for (const [count, trials] of [[3, 500] as const, [130, 500] as const, [499, 500] as const]) {
    for (const end of Object.values(wilson(count, trials))) {
      const z = Math.abs(count / trials - end) / Math.sqrt((end * (1 - end)) / trials);
      expect(z).toBeCloseTo(1.96, 3);
    }
  }
});

test("without trials the interval is [0, 1]", () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
});
