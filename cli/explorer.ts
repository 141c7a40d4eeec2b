import * as v from "valibot";

/**
 * What wrangler's local explorer answers for the server at `url`: the data of a running server, reached through that server, so that
 * nobody else has to open its files. It answers this machine alone, and no web page (it looks at Host and Origin).
 */
export interface Explorer {
  /** Runs the statements on D1 in one transaction; throws what D1 says where one fails. */
  run(statements: readonly string[]): Promise<void>;
  /** Deletes the files of all instances of a Workflow that have completed. */
  deleteCompleted(workflow: string): Promise<void>;
}

const LIMIT_MS = 30_000;
/** As many as the explorer lists, and deletes, at once. */
const PAGE = 100;

const Answer = v.object({
  success: v.boolean(),
  errors: v.array(v.object({ message: v.string() })),
  result: v.unknown(),
});
const Databases = v.array(v.object({ uuid: v.string() }));
const Instances = v.array(v.object({ id: v.string() }));
const Deletion = v.object({ deleted: Instances });

export function openExplorer(url: string): Explorer {
  async function ask(path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${url}/cdn-cgi/explorer/api/${path}`, {
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const { success, errors, result } = v.parse(Answer, await response.json());
    if (!success) throw new Error(errors.map(({ message }) => message).join(" "));
    return result;
  }
  return {
    async run(statements) {
      const [database] = v.parse(Databases, await ask("d1/database"));
      if (!database) throw new Error(`The server at ${url} has no database.`);
      await ask(`d1/database/${database.uuid}/raw`, { batch: statements.map((sql) => ({ sql })) });
    },
    async deleteCompleted(workflow) {
      const path = `workflows/${workflow}/instances`;
      for (;;) {
        const instances = v.parse(Instances, await ask(`${path}?status=complete&per_page=${PAGE}`)).map(({ id }) => id);
        if (instances.length === 0) return;
        const { deleted } = v.parse(Deletion, await ask(`${path}/batch/delete`, { instances }));
        if (deleted.length === 0) return;
      }
    },
  };
}
