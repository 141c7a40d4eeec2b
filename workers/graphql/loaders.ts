import DataLoader from "dataloader";
import { type KeyDeps, lastChangesBy } from "../access/keys.ts";
import type { Collection, Gallery, Page, Paged, TemplateRecord } from "../gallery/gallery.ts";

/**
 * Combines simultaneous reads of the same kind into one database read. Nothing is cached, so a later read sees the changes of an earlier
 * mutation.
 */
export interface Loaders {
  collection(id: string): Promise<Collection | undefined>;
  /** A page of a subject's templates. */
  templates(subjectId: string, page: Page): Promise<Paged<TemplateRecord>>;
  /** When a key last made a change. */
  lastChange(keyId: string): Promise<Date | undefined>;
}

/** Creates the loaders of one request. */
export function createLoaders(gallery: Gallery, keys: KeyDeps): Loaders {
  const collections = createBatchLoader((ids) => gallery.collectionsById(ids));
  const lastChanges = createBatchLoader((ids) => lastChangesBy(keys, ids));
  /** One loader per requested page. */
  const templates = new Map<string, DataLoader<string, Paged<TemplateRecord> | undefined>>();
  return {
    collection: (id) => collections.load(id),
    lastChange: (keyId) => lastChanges.load(keyId),
    templates: async (subjectId, page) => {
      const name = `${page.first} ${page.after ?? ""}`;
      const loader = templates.get(name) ?? createBatchLoader((ids) => gallery.templatesOf(ids, page));
      templates.set(name, loader);
      return (await loader.load(subjectId)) ?? { items: [], hasNextPage: false };
    },
  };
}

const createBatchLoader = <T>(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>) =>
  new DataLoader<string, T | undefined>(
    async (ids) => {
      const found = await read([...new Set(ids)]);
      return ids.map((id) => found.get(id));
    },
    { cache: false },
  );
