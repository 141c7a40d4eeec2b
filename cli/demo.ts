import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { type Client, createClient } from "./client.ts";
import { tellOfFaces } from "./demo/faces.ts";
import { tellOfPainting } from "./demo/painting.ts";
import { Story } from "./demo/story.ts";
import { aborted, endBy, interruptible } from "./ending.ts";
import { startProduct } from "./product.ts";
import { setup } from "./setup.ts";
import { portNumber, stateFolder } from "./state.ts";

const program = new Command("npm run demo --")
  .description(
    "Sets everything up and runs the main job on sample photographs against the real Worker and job service on this machine.",
  )
  .option("--once", "exit after the story instead of leaving the API running")
  .addHelpText(
    "after",
    "\nPORT (8787; the job service has the next) and SEMBLANCE_STATE (.semblance/state) say where it listens and keeps its data.",
  )
  .parse();
const options = program.opts<{ once?: boolean }>();

/** The whole story; true where all went as it should. */
async function tell(api: Client, out: string): Promise<boolean> {
  const story = new Story();
  mkdirSync(out, { recursive: true });
  await tellOfFaces(api, out, story);
  await tellOfPainting(api, out, story);
  console.log(`\nThe crew photographs with names on them, and the painted portrait: ${out}`);
  if (story.wrong.length > 0) console.error(`\nThe demo failed:\n  ${story.wrong.join("\n  ")}`);
  else
    console.log(
      "All as it should be: every enrolled man in his place, nobody else taken for anybody, every picture painted.",
    );
  return story.wrong.length === 0;
}

await setup();
const signal = interruptible();
try {
  const state = stateFolder();
  const server = await startProduct({ port: portNumber(), state, signal });
  const interrupted = Promise.race([server.ended, aborted(signal)]);
  const told = tell(createClient(server.url, server.key), resolve(state, "../demo"));
  try {
    // Ctrl-C ends the story, too: what it was waiting for no longer matters then.
    const right = await Promise.race([told, interrupted]);
    if (right === false) process.exitCode = 1;
    if (right !== undefined && !options.once) {
      console.log(`\nThe API runs at ${server.url}/graphql (GraphiQL in a browser). Ctrl-C stops it.`);
      console.log(`  Authorization: Bearer ${server.key}`);
      await interrupted;
    }
  } finally {
    told.catch(() => {});
    await server.stop();
  }
} catch (error) {
  endBy(error, program);
}
