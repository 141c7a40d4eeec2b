/** Tells what went otherwise than the story says: the demo fails where anything did. */
export class Story {
  readonly wrong: string[] = [];
  check(holds: boolean, what: string): string {
    if (!holds) this.wrong.push(what);
    return holds ? "" : "  ✗ expected otherwise";
  }
}

/** How long it took, by the Worker where it tells. */
export const milliseconds = (millis: number | null, start: number): string =>
  `${Math.round(millis ?? performance.now() - start)} ms`;
