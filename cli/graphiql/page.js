// The script of the GraphiQL page, in the browser. `options`, `examples` and `samples` come from build.ts; `key` comes from the Worker.

/** The files that a request can upload, by name. */
const files = new Map(
  Object.entries(samples).map(([name, base64]) => [
    name,
    new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name),
  ]),
);
const NAME = /^file:(.+)$/;

/** Sends a request of GraphiQL. Adds the key, and uploads the files that the variables name as "file:NAME". */
const send = globalThis.fetch.bind(globalThis);
globalThis.fetch = (input, init) => {
  const isRequest =
    typeof init?.body === "string" && new URL(input.url ?? input, location.href).pathname === "/graphql";
  return isRequest ? send(input, withFiles(withKey(init))) : send(input, init);
};

function withKey(init) {
  const headers = new Headers(init.headers);
  if (key && !headers.has("authorization")) headers.set("authorization", `Bearer ${key}`);
  return { ...init, headers };
}

function withFiles(init) {
  const operation = JSON.parse(init.body);
  const found = [];
  const visit = (value, path) => {
    const name = typeof value === "string" ? NAME.exec(value)?.[1] : undefined;
    if (name !== undefined) {
      const file = files.get(name);
      if (!file) throw new Error(`There is no file ${name}. Choose it at the bottom right first.`);
      found.push([path, file]);
      return null;
    }
    if (Array.isArray(value)) return value.map((item, i) => visit(item, `${path}.${i}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, visit(item, `${path}.${field}`)]));
  };
  const variables = visit(operation.variables ?? {}, "variables");
  if (found.length === 0) return init;
  // https://github.com/jaydenseric/graphql-multipart-request-spec
  const body = new FormData();
  body.set("operations", JSON.stringify({ ...operation, variables }));
  body.set("map", JSON.stringify(Object.fromEntries(found.map(([path], i) => [i, [path]]))));
  for (const [i, [, file]] of found.entries()) body.set(String(i), file);
  // The browser sets the media type, with the boundary.
  init.headers.delete("content-type");
  return { ...init, body };
}

async function graphql(query, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()).data;
}

/** Finds or creates the collection of the examples. Returns undefined without a valid key. */
async function exampleCollection() {
  if (!key) return undefined;
  const NAME = "Examples";
  const found = await graphql("query Collections { collections(first: 100) { edges { node { id name } } } }");
  const node = found?.collections?.edges.map((edge) => edge.node).find(({ name }) => name === NAME);
  if (node) return node.id;
  const created = await graphql(
    `mutation Create($name: String!) {
      createCollection(input: { name: $name }) { ... on CollectionCreated { collection { id } } }
    }`,
    { name: NAME },
  );
  return created?.createCollection?.collection?.id;
}

/** The panel at the bottom right, where files for uploads are chosen. */
function showFiles() {
  const panel = document.createElement("details");
  panel.id = "files";
  const summary = document.createElement("summary");
  const list = document.createElement("ul");
  const help = document.createElement("p");
  help.textContent = 'To upload a file, write its name in the variables: { "upload": "file:NAME" }';
  const chooser = document.createElement("input");
  Object.assign(chooser, { type: "file", multiple: true, accept: "image/*", ariaLabel: "Choose files to upload" });
  const update = () => {
    summary.textContent = `Files for uploads (${files.size})`;
    list.replaceChildren(
      ...[...files.keys()].map((name) => Object.assign(document.createElement("li"), { textContent: `file:${name}` })),
    );
  };
  chooser.addEventListener("change", () => {
    for (const file of chooser.files) files.set(file.name, file);
    update();
  });
  update();
  panel.append(summary, help, list, chooser);
  document.body.append(panel);
}

showFiles();
exampleCollection()
  .catch(() => undefined)
  .then((collection) => {
    const headers = JSON.stringify({ Authorization: `Bearer ${key || "smb_…"}` }, undefined, 2);
    const defaultTabs = examples.map(({ query, variables }) => ({
      query,
      headers,
      variables: JSON.stringify(variables, undefined, 2).replaceAll("COLLECTION", collection ?? "COLLECTION"),
    }));
    // GraphiQL restores the tabs of the last visit. Otherwise it takes the variables of the first tab from its own option.
    const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
    const tabs = isFirstVisit ? { defaultTabs, variables: defaultTabs[0].variables } : {};
    YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), { ...options, headers, ...tabs });
  });
