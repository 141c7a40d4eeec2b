import { and, desc, eq } from "drizzle-orm";
import * as v from "valibot";
import { SHIPPED_STYLES, type ShippedStyle } from "../../models/styles.ts";
import { NetTraits } from "../../schema/protocol/style.ts";
import { styles } from "../../schema/tables.ts";
import type { Assets } from "../platform/assets.ts";
import type { Blobs } from "../platform/blobs.ts";
import type { Database } from "../platform/database.ts";
import type { FileCache } from "../platform/file-cache.ts";

/** A way of painting: one that ships, or one that a job trained for a tenant. */
export interface Style {
  id: string;
  name: string;
  origin: string;
  /** `stylenet-` and the start of the SHA-256 of the net's file. */
  modelId: string;
  /** What a loaded net is cached by: whose it is, and the whole SHA-256 of its file. */
  netKey: string;
  traits: NetTraits;
  files: { kind: "asset"; folder: string } | { kind: "blob"; net: string; painting: string; thumbnail: string };
}

/** What a style's painting is, or where it is kept. */
type StylePainting = { bytes: Uint8Array } | { key: string; sha256: string };

/** The styles that a tenant may use, and their files. */
export interface Styles {
  /** Those that ship by name, then the tenant's own, the newest first: at most {@link MOST_TRAINED} of these. */
  list(tenantId: string): Promise<Style[]>;
  /** By id, or by the name of one that ships. */
  find(tenantId: string, id: string): Promise<Style | undefined>;
  /** The file of the net (ONNX). */
  net(style: Style): Promise<Uint8Array>;
  /** The file of the painting, a JPEG, PNG or WebP. */
  painting(style: Style): Promise<Uint8Array>;
  /** What a job is given of a style; undefined where there is none. */
  paintingOf(tenantId: string, id: string): Promise<StylePainting | undefined>;
}

const MOST_TRAINED = 1_000;

const modelIdOf = (sha256: string): string => `stylenet-${sha256.slice(0, 12)}`;

const shipped = ({ id, name, origin, net, traits }: ShippedStyle): Style => ({
  id,
  name,
  origin,
  modelId: modelIdOf(net.sha256),
  netKey: `shipped/${net.sha256}`,
  traits,
  files: { kind: "asset", folder: `/styles/${name}` },
});

const SHIPPED: readonly Style[] = SHIPPED_STYLES.map(shipped);

const trained = (row: typeof styles.$inferSelect): Style => ({
  id: row.id,
  name: row.name,
  origin: `Trained by ${row.jobId}`,
  modelId: modelIdOf(row.netSha256),
  netKey: `${row.tenantId}/${row.netSha256}`,
  traits: v.parse(NetTraits, row.traits),
  files: { kind: "blob", net: row.netKey, painting: row.paintingKey, thumbnail: row.thumbnailKey },
});

export function openStyles(parts: { db: Database; blobs: Blobs; assets: Assets; cache: FileCache }): Styles {
  const { db, blobs, assets, cache } = parts;

  const asset = (path: string) => cache.get(path, () => assets.read(path));
  const blob = (key: string) =>
    cache.get(key, async () => {
      const bytes = await blobs.read(key);
      if (!bytes) throw new Error("A file of a trained style is gone.");
      return bytes;
    });

  async function find(tenantId: string, id: string): Promise<Style | undefined> {
    const known = SHIPPED.find((style) => style.id === id || style.name === id);
    if (known) return known;
    const row = await db
      .select()
      .from(styles)
      .where(and(eq(styles.tenantId, tenantId), eq(styles.id, id)))
      .get();
    return row && trained(row);
  }

  return {
    async list(tenantId) {
      const own = await db
        .select()
        .from(styles)
        .where(eq(styles.tenantId, tenantId))
        .orderBy(desc(styles.id))
        .limit(MOST_TRAINED);
      return [...SHIPPED, ...own.map(trained)];
    },

    find,
    net: ({ files }) => (files.kind === "asset" ? asset(`${files.folder}/net.onnx`) : blob(files.net)),
    painting: ({ files }) => (files.kind === "asset" ? asset(`${files.folder}/painting.jpg`) : blob(files.painting)),

    async paintingOf(tenantId, id) {
      const style = await find(tenantId, id);
      if (!style) return undefined;
      const { files } = style;
      if (files.kind === "asset") return { bytes: await asset(`${files.folder}/painting.jpg`) };
      const info = await blobs.info(tenantId, files.painting);
      return info && { key: info.key, sha256: info.sha256 };
    },
  };
}
