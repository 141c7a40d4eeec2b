import { startVitest } from "vitest/node";
import { setup } from "./setup.ts";

/** `npm test`: sets up, runs all suites (or the given files), and prints the numbers of passed and failed tests in the last line. */
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
process.env.WRANGLER_SEND_METRICS = "false";

await setup();
const vitest = await startVitest("test", process.argv.slice(2), { watch: false, run: true });
await vitest.close();

let passed = 0;
let failed = vitest.state.getUnhandledErrors().length;
for (const file of vitest.state.getTestModules()) {
  for (const test of file.children.allTests()) {
    if (test.result().state === "passed") passed++;
    if (test.result().state === "failed") failed++;
  }
  // A file that failed to load has no tests. It counts as one failure.
  if (file.state() === "failed" && [...file.children.allTests("failed")].length === 0) failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
