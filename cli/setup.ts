import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { importModels } from "../models/import.ts";
import { SHIPPED_STYLES } from "../models/styles.ts";
import { buildKernel } from "../workers/gallery/kernel/build.ts";
import { ROOT } from "./state.ts";

/**
 * Makes what is built rather than kept in git: the models, the search kernel, the GraphiQL page, the styles' files. What is there already is
 * left alone; afterwards nothing needs the network.
 */
export async function setup(): Promise<void> {
  // Progress goes beside what a program prints, which may be read by another.
  await importModels({ log: console.error });
  await buildKernel();
  await buildGraphiQL();
  layOutStyles();
}

/** The shipped styles as static assets, where the Worker fetches them when they are first used. */
function layOutStyles(): void {
  const folder = resolve(ROOT, "public/styles");
  mkdirSync(folder, { recursive: true });
  const names = SHIPPED_STYLES.map(({ name }) => name);
  for (const left of readdirSync(folder)) if (!names.includes(left)) rmSync(resolve(folder, left), { recursive: true });
  for (const name of names) {
    const options = { recursive: true, preserveTimestamps: true, filter: isChanged };
    cpSync(resolve(ROOT, "models/styles", name), resolve(folder, name), options);
  }
}

/** Whether a file has to be copied. One that is there already is not touched: a server that runs would see it and restart. */
function isChanged(from: string, to: string): boolean {
  const [source, present] = [statSync(from), statSync(to, { throwIfNoEntry: false })];
  return source.isDirectory() || source.size !== present?.size || source.mtimeMs !== present.mtimeMs;
}

/** GraphiQL as one page with all its scripts in it, so that it works without a network. Development serves it. */
async function buildGraphiQL(): Promise<void> {
  const file = resolve(ROOT, "public/graphiql.html");
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const page = renderGraphiQL({
    title: "Semblance",
    endpoint: "/graphql",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
    defaultQuery: "query Who {\n  viewer { tenant { name } scopes }\n}\n",
    headers: JSON.stringify({ Authorization: "Bearer " }),
  });
  mkdirSync(resolve(ROOT, "public"), { recursive: true });
  let present: string | undefined;
  try {
    present = readFileSync(file, "utf8");
  } catch {
    present = undefined;
  }
  if (present !== page) writeFileSync(file, page);
}

if (import.meta.main) await setup();
