import { Command } from "commander";
import { startVitest } from "vitest/node";
import { exitWithError } from "./exit.ts";
import { setup } from "./setup.ts";

const program = new Command("npm test --")
  .description(
    "Runs set-up if needed, then the unit tests and the end-to-end tests. The last line counts the tests. The exit code is 1 if a test fails. " +
      "`npm run test:watch` repeats the unit tests when a file changes.",
  )
  .argument("[files...]", "run only the test files whose path contains one of these texts, such as workers/matching")
  .option("-t, --name <pattern>", "run only the tests whose name matches this regular expression")
  .parse();

process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
process.env.WRANGLER_SEND_METRICS = "false";

await setup().catch((error) => exitWithError(error, program));
const vitest = await startVitest("test", program.args, {
  watch: false,
  run: true,
  ...(program.opts().name === undefined ? {} : { testNamePattern: program.opts().name }),
});
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
