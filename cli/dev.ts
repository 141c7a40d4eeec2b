import { Command } from "commander";
import { aborted, endBy, interruptible } from "./ending.ts";
import { startProduct } from "./product.ts";
import { setup } from "./setup.ts";
import { portNumber, stateFolder } from "./state.ts";

const program = new Command("npm run dev")
  .description("The API on this machine, with GraphiQL at /graphql, and the job service beside it. Ctrl-C stops both.")
  .addHelpText(
    "after",
    `
  PORT             where it listens on 127.0.0.1 (8787); the job service has the next port
  SEMBLANCE_STATE  the state folder (.semblance/state), which one server at a time uses
  SEMBLANCE_LOG=1  prints the logs of both`,
  )
  .parse();

// Set-up leaves nothing unfinished behind and starts no server: until it is over a signal ends the program as any other.
await setup();
const signal = interruptible();
try {
  const server = await startProduct({ port: portNumber(), state: stateFolder(), signal });
  console.log(`ready ${server.url} key=${server.key}`);
  await Promise.race([server.ended, aborted(signal)]);
  if (!signal.aborted) {
    console.error("The server has ended by itself. SEMBLANCE_LOG=1 prints what it says.");
    process.exitCode = 1;
  }
  await server.stop();
} catch (error) {
  endBy(error, program);
}
