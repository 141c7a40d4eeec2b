import DataLoader from "dataloader";
import { type KeyParts, lastChangesBy } from "../access/keys.ts";
import type { Collection, Gallery, Page, Paged, TemplateRecord } from "../gallery/gallery.ts";

/**
 * Reads of single things that are asked for at the same time, each kind as one read of the database. Nothing is kept: a later read
 * sees what a mutation between them changed.
 */
export interface Loaders {
  collection(id: string): Promise<Collection | undefined>;
  /** A page of a subject's templates. */
  templates(subjectId: string, page: Page): Promise<Paged<TemplateRecord>>;
  /** When a key last changed something. */
  lastChange(keyId: string): Promise<Date | undefined>;
}

/** Made for one request. */
export function createLoaders(gallery: Gallery, keys: KeyParts): Loaders {
  const collections = batching((ids) => gallery.collectionsById(ids));
  const lastChanges = batching((ids) => lastChangesBy(keys, ids));
  /** By the page that is asked for. */
  const templates = new Map<string, DataLoader<string, Paged<TemplateRecord> | undefined>>();
  return {
    collection: (id) => collections.load(id),
    lastChange: (keyId) => lastChanges.load(keyId),
    templates: async (subjectId, page) => {
      const name = `${page.first} ${page.after ?? ""}`;
      const loader = templates.get(name) ?? batching((ids) => gallery.templatesOf(ids, page));
      templates.set(name, loader);
      return (await loader.load(subjectId)) ?? { items: [], hasNextPage: false };
    },
  };
}

const batching = <T>(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>) =>
  new DataLoader<string, T | undefined>(
    async (ids) => {
      const found = await read([...new Set(ids)]);
      return ids.map((id) => found.get(id));
    },
    { cache: false },
  );
