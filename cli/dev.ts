import { startProduct } from "./product.ts";
import { stopped } from "./server.ts";
import { setup } from "./setup.ts";
import { portNumber, stateFolder } from "./state.ts";

const HELP = `npm run dev: the API on this machine, with GraphiQL at /graphql, and the job service beside it.

  PORT             where it listens on 127.0.0.1 (8787); the job service has the next port
  SEMBLANCE_STATE  the state folder (.semblance/state)
  SEMBLANCE_LOG=1  prints the logs of both
`;

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  await setup();
  const server = await startProduct({ port: portNumber(), state: stateFolder() });
  console.log(`ready ${server.url} key=${server.key}`);
  await stopped(server.ended);
  await server.stop();
}
