import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { createClient, type SemblanceClient } from "../client/src/index.ts";
import { Expectations } from "./demo/expectations.ts";
import { demonstrateFaces } from "./demo/faces.ts";
import { demonstratePainting } from "./demo/painting.ts";
import { exitWithError, interruptSignal, whenAborted } from "./exit.ts";
import { startProduct } from "./product.ts";
import { setup } from "./setup.ts";
import { portNumber, stateFolder } from "./state.ts";

const program = new Command("npm run demo --")
  .description(
    "Sets up the project, then enrolls, verifies, identifies and paints sample photographs with the local Worker and job service.",
  )
  .option("--once", "exit after the demo (default: the API keeps running)")
  .addHelpText(
    "after",
    `
Environment:
  PORT             port of the API on 127.0.0.1 (default: 8787). The job service uses the next port.
  SEMBLANCE_STATE  state folder (default: .semblance/state). One server at a time can use it.
  SEMBLANCE_LOG=1  print the logs of the Worker and the job service`,
  )
  .parse();
const options = program.opts<{ once?: boolean }>();

/** Runs the whole demo. Returns true if all results were as expected. */
async function runDemo(client: SemblanceClient, outFolder: string): Promise<boolean> {
  const expectations = new Expectations();
  mkdirSync(outFolder, { recursive: true });
  await demonstrateFaces(client, outFolder, expectations);
  await demonstratePainting(client, outFolder, expectations);
  console.log(`\nThe labeled crew photographs and the painted portraits are in ${outFolder}`);
  if (expectations.failures.length > 0) console.error(`\nThe demo failed:\n  ${expectations.failures.join("\n  ")}`);
  else
    console.log(
      "All checks passed: every enrolled person was identified, no other person was, every picture was painted.",
    );
  return expectations.failures.length === 0;
}

await setup().catch((error) => exitWithError(error, program));
const signal = interruptSignal();
try {
  console.error("Starting the server …");
  const state = stateFolder();
  const server = await startProduct({ port: portNumber(), state, signal });
  const interrupted = Promise.race([server.ended, whenAborted(signal)]);
  const demo = runDemo(createClient({ url: server.url, key: server.key }), resolve(state, "../demo"));
  try {
    // Ctrl-C also ends the demo while it waits for a response.
    const passed = await Promise.race([demo, interrupted]);
    if (passed === false) process.exitCode = 1;
    if (passed !== undefined && !options.once) {
      console.log(`\nThe API is running at ${server.url}/graphql (GraphiQL in a browser). Press Ctrl-C to stop it.`);
      console.log(`  Authorization: Bearer ${server.key}`);
      await interrupted;
    }
  } finally {
    demo.catch(() => {});
    await server.stop();
  }
} catch (error) {
  exitWithError(error, program);
}
