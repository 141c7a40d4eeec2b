import { CREATE } from "../../bench/requests.ts";
import { openAttackContext } from "../attack-context.ts";
import type { Enrolled } from "../endpoint-types.ts";
import { startTarget, type Target } from "../target.ts";
import type { Senders } from "./inputs.ts";

/** A fresh server, a tenant with a collection, subjects and keys, and the senders of requests. */
export interface FuzzTarget {
  target: Target;
  senders: Senders;
  /** Ids of existing objects. Some inputs delete these objects. */
  ids: string[];
  stop(): Promise<void>;
}

export async function openFuzzTarget(): Promise<FuzzTarget> {
  const target = await startTarget({ RATE_LIMITS: "off" });
  try {
    const context = await openAttackContext(target);
    const { attacker, face } = context;
    context.close();
    const { createCollection } = await attacker.api.request<{ createCollection: { collection: { id: string } } }>(
      CREATE,
      {
        name: "fuzz",
      },
    );
    const collectionId = createCollection.collection.id;
    const enrolled = await target.callEndpoint<Enrolled[]>("fill", {
      tenantId: attacker.id,
      collectionId,
      face,
      externalIds: ["one", "two", "three"],
      templatesEach: 2,
    });
    const { createApiKey } = await attacker.api.request<{ createApiKey: { secret: string } }>(
      `mutation { createApiKey(input: { name: "verifier", scopes: [VERIFY] }) { ... on ApiKeyCreated { secret } } }`,
    );
    return {
      target,
      senders: {
        admin: `Bearer ${attacker.key}`,
        verifier: `Bearer ${createApiKey.secret}`,
        unknown: `Bearer ${attacker.key.slice(0, -6)}AAAAAA`,
        withoutKey: "",
      },
      ids: [attacker.id, collectionId, ...enrolled.flatMap(({ subjectId, templateId }) => [subjectId, templateId])],
      stop: () => target.stop(),
    };
  } catch (error) {
    await target.stop();
    throw error;
  }
}
