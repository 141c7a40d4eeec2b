import { allows } from "../../access/scopes.ts";
import { typeOfId } from "../../platform/ids.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../types.generated.ts";

export const node: Resolvers<Context> = {
  Query: {
    // What belongs to somebody else is not there: all reads are the tenant's own.
    node: async (_, { id }, { gallery, principal, jobs, stylization }) => {
      switch (typeOfId(id)) {
        case "collection":
          return (await gallery.collection(id)) ?? null;
        case "subject":
          return (await gallery.subject(id)) ?? null;
        case "template":
          return (await gallery.template(id)) ?? null;
        case "job":
          return allows(principal.scopes, ["STYLIZE"])
            ? ((await jobs.jobs.find({ tenantId: principal.tenantId, jobId: id })) ?? null)
            : null;
        case "style":
          return allows(principal.scopes, ["STYLIZE"])
            ? ((await stylization.styles.find(principal.tenantId, id)) ?? null)
            : null;
        case "tenant":
          return id === principal.tenantId ? { id, name: principal.tenantName } : null;
        default:
          return null;
      }
    },
  },
  Node: {
    __resolveType: ({ id }) => {
      switch (typeOfId(id)) {
        case "collection":
          return "Collection";
        case "subject":
          return "Subject";
        case "template":
          return "Template";
        case "job":
          return "Job";
        case "style":
          return "Style";
        case "tenant":
          return "Tenant";
        default:
          return null;
      }
    },
  },
};
