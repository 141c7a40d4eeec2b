import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { portraitJpeg } from "../bench/pictures.ts";
import { CREATE, ENROLL } from "../bench/requests.ts";
import { PictureFile } from "../cli/client.ts";
import type { Bystander } from "./bystander.ts";
import type { Enrolled } from "./endpoint-types.ts";
import type { Target, Tenant } from "./target.ts";

/** Everything that an attack needs: the server, the attacking tenant with a filled collection, the other tenant, and a face. */
export interface AttackContext {
  target: Target;
  attacker: Tenant;
  /** The attacker's collection: 100 subjects with the same face, so that each of them is a candidate. */
  collectionId: string;
  bystander: Bystander;
  /** A JPEG of 250×250 pixels with one face. */
  portrait: Buffer;
  /** A JPEG of 1500×1500 pixels with that face a hundred times. Each face matches each of the hundred subjects. */
  crowd: Buffer;
  /** An enrolled template that can be copied into other collections. */
  face: { tenantId: string; templateId: string };
  /** A temporary folder, deleted by `close`. */
  scratch: string;
}

const CROWD_SIZE = 100;

export async function openAttackContext(target: Target): Promise<AttackContext & { close(): void }> {
  const scratch = mkdtempSync(join(tmpdir(), "semblance-attack-"));
  const photograph = join(scratch, "portrait.jpg");
  const portrait = await portraitJpeg();
  writeFileSync(photograph, portrait);
  const [attacker, other] = [await target.createTenant("attacker"), await target.createTenant("bystander")];
  const enrolled = await enroll(other, await makeCollection(other), photograph);
  const collectionId = await makeCollection(attacker);
  const face = { tenantId: other.id, templateId: enrolled.templateId };
  await target.callEndpoint<Enrolled[]>("fill", {
    tenantId: attacker.id,
    collectionId,
    face,
    externalIds: Array.from({ length: CROWD_SIZE }, (_, i) => `crowd ${i}`),
    templatesEach: 1,
  });
  return {
    target,
    attacker,
    collectionId,
    bystander: { url: target.url, key: other.key, subjectId: enrolled.subjectId, photograph },
    portrait,
    crowd: await crowdJpeg(portrait),
    face,
    scratch,
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

async function crowdJpeg(portrait: Buffer): Promise<Buffer> {
  const face = await loadImage(portrait);
  const canvas = createCanvas(1_500, 1_500);
  const context = canvas.getContext("2d");
  for (let i = 0; i < 100; i++) context.drawImage(face, (i % 10) * 150, Math.floor(i / 10) * 150, 150, 150);
  return canvas.encode("jpeg", 90);
}

async function makeCollection({ api }: Tenant): Promise<string> {
  const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(CREATE, {
    name: "attack",
  });
  return createCollection.collection.id;
}

async function enroll({ api }: Tenant, collection: string, photograph: string): Promise<Omit<Enrolled, "externalId">> {
  const { enroll } = await api.request<{ enroll: { subject: { id: string }; template: { id: string } } }>(
    ENROLL.replace("subject { id }", "subject { id } template { id }"),
    { collection, image: new PictureFile(photograph) },
  );
  return { subjectId: enroll.subject.id, templateId: enroll.template.id };
}
