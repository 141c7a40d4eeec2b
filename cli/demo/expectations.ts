/** Collects the results that differ from what the demo expects. The demo fails if there are any. */
export class Expectations {
  readonly failures: string[] = [];
  check(isMet: boolean, failure: string): string {
    if (!isMet) this.failures.push(failure);
    return isMet ? "" : "  ✗ unexpected";
  }
}

/** The duration as the Worker measured it. If it did not, the time since `start`. */
export const milliseconds = (millis: number | null | undefined, start: number): string =>
  `${Math.round(millis ?? performance.now() - start)} ms`;
