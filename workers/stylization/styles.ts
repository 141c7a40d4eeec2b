import { and, desc, eq } from "drizzle-orm";
import * as v from "valibot";
import { SHIPPED_STYLES, type ShippedStyle } from "../../models/styles.ts";
import { NetTraits } from "../../schema/protocol/style.ts";
import { styles } from "../../schema/tables.ts";
import type { Assets } from "../platform/assets.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Database } from "../platform/database.ts";
import type { FileCache } from "../platform/file-cache.ts";

/** A style: shipped with the Worker, or trained by a job of a tenant. */
export interface Style {
  id: string;
  name: string;
  origin: string;
  /** `stylenet-` and the first 12 digits of the SHA-256 of the net's file. */
  modelId: string;
  /** The cache key of the loaded net: its owner (a tenant id or `shipped`) and the full SHA-256 of its file. */
  netKey: string;
  traits: NetTraits;
  files: { kind: "asset"; folder: string } | { kind: "blob"; net: string; painting: string; thumbnail: string };
}

/** The painting of a style: the bytes of a shipped one, or the blob of a trained one. */
type StylePainting = { bytes: Uint8Array } | { key: string; sha256: string };

/** The styles that a tenant can use, and their files. */
export interface Styles {
  /** The shipped styles by name, then the tenant's own, newest first. At most {@link MAX_TRAINED} of its own. */
  list(tenantId: string): Promise<Style[]>;
  /** Finds a style by its id, or a shipped style by its name. */
  find(tenantId: string, id: string): Promise<Style | undefined>;
  /** The bytes of the net's ONNX file. */
  net(style: Style): Promise<Uint8Array>;
  /** The bytes of the painting: JPEG, PNG or WebP. */
  painting(style: Style): Promise<Uint8Array>;
  /** The painting of a style, as the input of a job. Undefined if the style does not exist. */
  paintingOf(tenantId: string, id: string): Promise<StylePainting | undefined>;
}

const MAX_TRAINED = 1_000;

const modelIdOf = (sha256: string): string => `stylenet-${sha256.slice(0, 12)}`;

const fromManifest = ({ id, name, origin, net, traits }: ShippedStyle): Style => ({
  id,
  name,
  origin,
  modelId: modelIdOf(net.sha256),
  netKey: `shipped/${net.sha256}`,
  traits,
  files: { kind: "asset", folder: `/styles/${name}` },
});

const SHIPPED: readonly Style[] = SHIPPED_STYLES.map(fromManifest);

const fromRow = (row: typeof styles.$inferSelect): Style => ({
  id: row.id,
  name: row.name,
  origin: `Trained by ${row.jobId}`,
  modelId: modelIdOf(row.netSha256),
  netKey: `${row.tenantId}/${row.netSha256}`,
  traits: v.parse(NetTraits, row.traits),
  files: { kind: "blob", net: row.netKey, painting: row.paintingKey, thumbnail: row.thumbnailKey },
});

export function openStyles(deps: { db: Database; blobs: Blobs; assets: Assets; cache: FileCache }): Styles {
  const { db, blobs, assets, cache } = deps;

  const readAsset = (path: string) => cache.get(path, () => assets.read(path));
  const readBlob = (key: string) =>
    cache.get(key, async () => {
      const bytes = await blobs.read(key);
      if (!bytes) throw new Error("A file of a trained style is missing.");
      return bytes;
    });

  async function find(tenantId: string, id: string): Promise<Style | undefined> {
    const shipped = SHIPPED.find((style) => style.id === id || style.name === id);
    if (shipped) return shipped;
    const row = await db
      .select()
      .from(styles)
      .where(and(eq(styles.tenantId, tenantId), eq(styles.id, id)))
      .get();
    return row && fromRow(row);
  }

  return {
    async list(tenantId) {
      const own = await db
        .select()
        .from(styles)
        .where(eq(styles.tenantId, tenantId))
        .orderBy(desc(styles.id))
        .limit(MAX_TRAINED);
      return [...SHIPPED, ...own.map(fromRow)];
    },

    find,
    net: ({ files }) => (files.kind === "asset" ? readAsset(`${files.folder}/net.onnx`) : readBlob(files.net)),
    painting: ({ files }) =>
      files.kind === "asset" ? readAsset(`${files.folder}/painting.jpg`) : readBlob(files.painting),

    async paintingOf(tenantId, id) {
      const style = await find(tenantId, id);
      if (!style) return undefined;
      const { files } = style;
      if (files.kind === "asset") return { bytes: await readAsset(`${files.folder}/painting.jpg`) };
      const info = await blobs.info(tenantId, files.painting);
      return info && { key: info.key, sha256: info.sha256 };
    },
  };
}
