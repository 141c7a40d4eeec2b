import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DEVELOPMENT_KEY_PLACEHOLDER } from "../../workers/graphql/graphiql.ts";
import { ROOT } from "../state.ts";
import { EXAMPLES, SAMPLES } from "./examples.ts";

const STYLE = `
  #files { position: fixed; right: 12px; bottom: 12px; z-index: 10; max-width: 320px; padding: 8px 12px; border-radius: 8px;
    background: #fff; color: #222; box-shadow: 0 1px 6px #0005; font: 13px system-ui, sans-serif; }
  #files summary { cursor: pointer; }`;

/**
 * Builds GraphiQL as one page that contains its scripts, examples and sample photographs, so that it works without a network. Only
 * served in development.
 */
export async function buildGraphiQL(): Promise<void> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const page = withScript(renderGraphiQL({}));
  const file = resolve(ROOT, "public/graphiql.html");
  mkdirSync(dirname(file), { recursive: true });
  // An unchanged file is not written, because a running server would restart.
  if (readIfPresent(file) !== page) writeFileSync(file, page);
}

/** Replaces the call that starts GraphiQL by `page.js`. */
function withScript(page: string): string {
  const [before, after] = page.split(
    /YogaGraphiQL\.renderYogaGraphiQL\(\s*window\.document\.querySelector\('#root'\),\s*\{.*?\},?\s*\);/s,
  );
  if (before === undefined || after === undefined)
    throw new Error("The page of @graphql-yoga/render-graphiql has changed.");
  const samples = Object.fromEntries(
    Object.entries(SAMPLES).map(([name, path]) => [name, readFileSync(resolve(ROOT, path), "base64")]),
  );
  const options = {
    title: "Semblance",
    endpoint: "/graphql",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  };
  const constants = { options, examples: EXAMPLES, samples, key: DEVELOPMENT_KEY_PLACEHOLDER };
  const declarations = Object.entries(constants).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
  const script = `${declarations.join("\n")}\n${readFileSync(resolve(ROOT, "cli/graphiql/page.js"), "utf8")}`;
  return [
    before.replace("<title>Yoga GraphiQL</title>", "<title>Semblance</title>").replace("</style>", `${STYLE}</style>`),
    after,
  ].join(`{\n${script}\n}`);
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
