import * as v from "valibot";

/**
 * A client of wrangler's local explorer. It accesses the data of a running server through that server, so that no other process
 * has to open its files. The explorer only answers local requests, and none from web pages (it checks Host and Origin).
 */
export interface Explorer {
  /** Runs the statements on D1 in one transaction. Throws D1's message if one fails. */
  run(statements: readonly string[]): Promise<void>;
  /** Deletes the files of all completed instances of a Workflow. */
  deleteCompleted(workflow: string): Promise<void>;
}

const TIMEOUT_MS = 30_000;
/** The most instances that the explorer lists or deletes in one request. */
const PAGE_SIZE = 100;

const ExplorerResponse = v.object({
  success: v.boolean(),
  errors: v.array(v.object({ message: v.string() })),
  result: v.unknown(),
});
const Databases = v.array(v.object({ uuid: v.string() }));
const Instances = v.array(v.object({ id: v.string() }));
const Deletion = v.object({ deleted: Instances });

export function openExplorer(url: string): Explorer {
  async function request(path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${url}/cdn-cgi/explorer/api/${path}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const { success, errors, result } = v.parse(ExplorerResponse, await response.json());
    if (!success) throw new Error(errors.map(({ message }) => message).join(" "));
    return result;
  }
  return {
    async run(statements) {
      const [database] = v.parse(Databases, await request("d1/database"));
      if (!database) throw new Error(`The server at ${url} has no D1 database.`);
      await request(`d1/database/${database.uuid}/raw`, { batch: statements.map((sql) => ({ sql })) });
    },
    async deleteCompleted(workflow) {
      const path = `workflows/${workflow}/instances`;
      for (;;) {
        const instances = v
          .parse(Instances, await request(`${path}?status=complete&per_page=${PAGE_SIZE}`))
          .map(({ id }) => id);
        if (instances.length === 0) return;
        const { deleted } = v.parse(Deletion, await request(`${path}/batch/delete`, { instances }));
        if (deleted.length === 0) return;
      }
    },
  };
}
