import { resolve } from "node:path";
import {
  createCollection,
  enroll,
  type IdentifyOutcome,
  identify,
  type SemblanceClient,
  verify,
} from "../../client/src/index.ts";
import { fromPath } from "../../client/src/node.ts";
import { CREWS, crewPhotograph, ENROLLED, PAIRS, portrait, STRANGER } from "../astronauts.ts";
import { drawLabels } from "../draw.ts";
import { type Expectations, milliseconds } from "./expectations.ts";

/** One in a thousand strangers may be identified as an enrolled person: a realistic target for access control. */
const TARGET_FPIR = 0.001;

const nameOf = (id: string) => ENROLLED.find((person) => person.id === id)?.name ?? id;

async function enrollAll(client: SemblanceClient, expectations: Expectations) {
  const created = await createCollection(client, { name: "Astronauts" });
  if (created.__typename !== "CollectionCreated") throw new Error(created.message);
  const collectionId = created.collection.id;
  const subjects = new Map<string, string>();
  console.log("\nEnrollment: one portrait a person");
  for (const { name, id, file } of ENROLLED) {
    const start = performance.now();
    const image = await fromPath(portrait(id, file));
    const enrolled = await enroll(client, { collectionId, image, externalId: id, name });
    if (enrolled.__typename !== "Enrolled") {
      expectations.check(false, `${name}: ${enrolled.message}`);
      continue;
    }
    subjects.set(id, enrolled.subject.id);
    const { face } = enrolled;
    console.log(
      `  ${name.padEnd(16)} face ${String(Math.round(face.box.width)).padStart(3)} px  quality ${face.quality.toFixed(2)}  ${milliseconds(null, start).padStart(7)}`,
    );
  }
  return { collectionId, subjects };
}

async function verifyPairs(
  client: SemblanceClient,
  subjects: Map<string, string>,
  expectations: Expectations,
): Promise<void> {
  console.log("\nVerification (1:1): is this the enrolled person?");
  for (const { probe, subject, same } of PAIRS) {
    const start = performance.now();
    const verification = await verify(client, {
      probe: await fromPath(portrait(...probe)),
      reference: { subjectId: subjects.get(subject) ?? "" },
    });
    const pair = `${probe.join("/").padEnd(22)} against ${nameOf(subject).padEnd(16)}`;
    if (verification.__typename !== "Verification") {
      console.log(`  ${pair} ${verification.message}${expectations.check(false, `${pair}: ${verification.message}`)}`);
      continue;
    }
    const { decision, distance, threshold, fmr, millis } = verification;
    const note = expectations.check(decision === (same ? "MATCH" : "NO_MATCH"), `${pair}: ${decision}`);
    console.log(
      `  ${decision.padEnd(8)}  ${pair} d² ${distance.toFixed(2)} (≤ ${threshold.toFixed(2)})  FMR ${fmr.toExponential(0)}  ${milliseconds(millis, start).padStart(7)}${note}`,
    );
  }
}

async function identifyFile(client: SemblanceClient, collectionId: string, file: string, maxFaces: number) {
  const probe = await fromPath(file);
  const identification = await identify(client, { collectionId, probe, targetFpir: TARGET_FPIR, maxFaces });
  if (identification.__typename !== "Identification") throw new Error(`${file}: ${identification.message}`);
  return identification;
}

async function identifyCrews(
  client: SemblanceClient,
  collectionId: string,
  out: string,
  expectations: Expectations,
): Promise<void> {
  console.log("\nIdentification (1:N): who is in the crew photographs, from left to right?");
  for (const { photograph, title, faces: expected } of CREWS) {
    const start = performance.now();
    const file = crewPhotograph(photograph);
    const found = await identifyFile(client, collectionId, file, 10);
    const time = milliseconds(found.millis, start);
    const faces = found.faces.toSorted((a, b) => a.face.box.x - b.face.box.x);
    expectations.check(
      faces.length === expected.length,
      `${title}: ${faces.length} faces were found, expected ${expected.length}`,
    );
    console.log(`  ${title}  ${found.gallerySize} templates, d² ≤ ${found.threshold.toFixed(2)}, ${time}`);
    for (const [i, face] of faces.entries())
      console.log(`    ${faceLine(face, expected[i] ?? null, title, expectations)}`);
    await drawLabels(
      file,
      faces.map(({ face, outcome, candidates: [nearest] }) => ({
        box: face.box,
        text: nearest ? `${nearest.subject.name} ${nearest.distance.toFixed(2)}` : "nobody",
        found: outcome === "IDENTIFIED",
      })),
      resolve(out, `${photograph}.jpg`),
    );
  }
  const { faces } = await identifyFile(client, collectionId, STRANGER.file, 1);
  console.log(`  ${STRANGER.name}`);
  for (const face of faces) console.log(`    ${faceLine(face, null, STRANGER.name, expectations)}`);
  expectations.check(faces.length === 1, `${STRANGER.name}: expected exactly one face`);
}

type IdentifiedFace = Extract<IdentifyOutcome, { __typename: "Identification" }>["faces"][number];

function faceLine(
  { outcome, candidates }: IdentifiedFace,
  expected: string | null,
  where: string,
  expectations: Expectations,
): string {
  const nearest = candidates[0];
  const found = outcome === "IDENTIFIED" ? (nearest?.subject.externalId ?? null) : null;
  const note = expectations.check(
    found === expected,
    `${where}: identified ${found ?? "nobody"}, expected ${expected ?? "nobody"}`,
  );
  return nearest
    ? `${outcome.padEnd(10)}  ${(nearest.subject.name ?? "").padEnd(16)} d² ${nearest.distance.toFixed(2)}${note}`
    : `${outcome}${note}`;
}

/** Enrolls, verifies and identifies people. Writes the labeled crew photographs to `out`. */
export async function demonstrateFaces(
  client: SemblanceClient,
  out: string,
  expectations: Expectations,
): Promise<void> {
  const { collectionId, subjects } = await enrollAll(client, expectations);
  await verifyPairs(client, subjects, expectations);
  await identifyCrews(client, collectionId, out, expectations);
}
