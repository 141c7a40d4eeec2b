import { findApiKey } from "../../access/keys.ts";
import { allows, type Scope } from "../../access/scopes.ts";
import { type IdType, typeOfId } from "../../platform/ids.ts";
import type { Context } from "../context.ts";
import type { Resolvers, ResolversParentTypes } from "../types.generated.ts";

type NodeParent = ResolversParentTypes["Node"];

interface NodeType {
  typename: "ApiKey" | "Collection" | "Job" | "Style" | "Subject" | "Template" | "Tenant";
  /** The scopes that can read objects of this type through their own fields. Empty: any key. */
  anyOf: readonly Scope[];
  /** Finds only objects of the tenant of the request. */
  find: (id: string, context: Context) => NodeParent | undefined | Promise<NodeParent | undefined>;
}

/** The types that `node` supports, by the type in the ID. */
const TYPES: Partial<Record<IdType, NodeType>> = {
  collection: {
    typename: "Collection",
    anyOf: ["MANAGE", "ENROLL"],
    find: (id, { gallery }) => gallery.collection(id),
  },
  subject: { typename: "Subject", anyOf: ["MANAGE"], find: (id, { gallery }) => gallery.subject(id) },
  template: { typename: "Template", anyOf: ["MANAGE"], find: (id, { gallery }) => gallery.template(id) },
  job: {
    typename: "Job",
    anyOf: ["STYLIZE"],
    find: (jobId, { jobs, principal: { tenantId } }) => jobs.jobs.find({ tenantId, jobId }),
  },
  style: {
    typename: "Style",
    anyOf: ["STYLIZE"],
    find: (id, { stylization, principal: { tenantId } }) => stylization.styles.find(tenantId, id),
  },
  key: { typename: "ApiKey", anyOf: ["ADMIN"], find: (id, { keys }) => findApiKey(keys, id) },
  tenant: {
    typename: "Tenant",
    anyOf: [],
    find: (id, { principal: { tenantId, tenantName } }) => (id === tenantId ? { id, name: tenantName } : undefined),
  },
};

const nodeType = (id: string): NodeType | undefined => {
  const type = typeOfId(id);
  return type && TYPES[type];
};

export const node: Resolvers<Context> = {
  Query: {
    node: async (_, { id }, context) => {
      const type = nodeType(id);
      const isReadable = type && (type.anyOf.length === 0 || allows(context.principal.scopes, type.anyOf));
      return isReadable ? ((await type.find(id, context)) ?? null) : null;
    },
  },
  Node: { __resolveType: ({ id }) => nodeType(id)?.typename ?? null },
};
