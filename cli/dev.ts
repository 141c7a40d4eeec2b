import { Command, InvalidArgumentError } from "commander";
import { exitWithError, interruptSignal, whenAborted } from "./exit.ts";
import { startProduct } from "./product.ts";
import { setup } from "./setup.ts";
import { portNumber, stateFolder } from "./state.ts";

/** The origin of a URL: scheme, host and port. */
function originOf(url: string, previous: string[] = []): string[] {
  if (!URL.canParse(url) || new URL(url).origin === "null")
    throw new InvalidArgumentError("Use an http or https URL, such as http://localhost:5173.");
  return [...previous, new URL(url).origin];
}

const program = new Command("npm run dev")
  .description("Runs the API and the job service locally, with GraphiQL at /graphql. Ctrl-C stops both.")
  .option("--allow-loopback", "allow image and webhook URLs on this machine, such as http://localhost:3000/hook", false)
  .option("--origin <url...>", "origins whose web pages can call the API, such as http://localhost:5173", originOf)
  .addHelpText(
    "after",
    `
Environment:
  PORT             port of the API on 127.0.0.1 (default: 8787). The job service uses the next port.
  SEMBLANCE_STATE  state folder (default: .semblance/state). One server at a time can use it.
  SEMBLANCE_LOG=1  print the logs of the Worker and the job service`,
  )
  .parse();

// During set-up a signal ends the program at once: set-up leaves no partial files and starts no server.
await setup().catch((error) => exitWithError(error, program));
const signal = interruptSignal();
try {
  console.error("Starting the server …");
  const server = await startProduct({
    port: portNumber(),
    state: stateFolder(),
    signal,
    allowLoopback: program.opts().allowLoopback,
    origins: program.opts().origin,
  });
  console.log(`ready ${server.url} key=${server.key}`);
  await Promise.race([server.ended, whenAborted(signal)]);
  if (!signal.aborted) {
    console.error("The server stopped unexpectedly. Start it again with SEMBLANCE_LOG=1 to see its logs.");
    process.exitCode = 1;
  }
  await server.stop();
} catch (error) {
  exitWithError(error, program);
}
