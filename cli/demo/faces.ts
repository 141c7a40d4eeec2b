import { resolve } from "node:path";
import { CREWS, crewPhotograph, ENROLLED, PAIRS, portrait, STRANGER } from "../astronauts.ts";
import { type Client, PictureFile } from "../client.ts";
import { drawLabels } from "../draw.ts";
import { type Expectations, milliseconds } from "./expectations.ts";

/** One in a thousand strangers may be identified as an enrolled person: a realistic target for access control. */
const TARGET_FPIR = 0.001;

const CREATE = /* GraphQL */ `
  mutation Create($name: String!) {
    createCollection(input: { name: $name }) {
      ... on CollectionCreated { collection { id } }
      ... on Problem { message }
    }
  }`;
const ENROLL = /* GraphQL */ `
  mutation Enroll($collection: ID!, $image: Upload!, $externalId: String!, $name: String!) {
    enroll(input: { collectionId: $collection, image: { upload: $image }, externalId: $externalId, name: $name }) {
      __typename
      ... on Enrolled { subject { id } face { quality box { width } } }
      ... on Problem { message }
    }
  }`;
const VERIFY = /* GraphQL */ `
  mutation Verify($probe: Upload!, $subject: ID!) {
    verify(input: { probe: { upload: $probe }, reference: { subjectId: $subject } }) {
      __typename
      ... on Verification { decision distance threshold fmr millis }
      ... on Problem { message }
    }
  }`;
const IDENTIFY = /* GraphQL */ `
  mutation Identify($collection: ID!, $probe: Upload!, $fpir: Float!, $maxFaces: Int!) {
    identify(input: { collectionId: $collection, probe: { upload: $probe }, targetFpir: $fpir, maxFaces: $maxFaces }) {
      __typename
      ... on Identification {
        threshold gallerySize millis
        faces { outcome face { box { x y width height } } candidates { distance subject { name externalId } } }
      }
      ... on Problem { message }
    }
  }`;

interface Problem {
  __typename: string;
  message?: string;
}
interface Verification extends Problem {
  decision: "MATCH" | "NO_MATCH";
  distance: number;
  threshold: number;
  fmr: number;
  millis: number | null;
}
interface FoundFace {
  outcome: "IDENTIFIED" | "NOBODY";
  face: { box: { x: number; y: number; width: number; height: number } };
  candidates: { distance: number; subject: { name: string; externalId: string } }[];
}
interface Identification extends Problem {
  threshold: number;
  gallerySize: number;
  millis: number | null;
  faces: FoundFace[];
}

const nameOf = (id: string) => ENROLLED.find((person) => person.id === id)?.name ?? id;

async function enrollAll(api: Client, expectations: Expectations) {
  const { createCollection } = await api.request<{ createCollection: { collection: { id: string } } }>(CREATE, {
    name: "Astronauts",
  });
  const collection = createCollection.collection.id;
  const subjects = new Map<string, string>();
  console.log("\nEnrollment: one portrait a person");
  for (const { name, id, file } of ENROLLED) {
    const start = performance.now();
    const { enroll } = await api.request<{
      enroll: Problem & { subject: { id: string }; face: { quality: number; box: { width: number } } };
    }>(ENROLL, { collection, image: new PictureFile(portrait(id, file)), externalId: id, name });
    if (enroll.__typename !== "Enrolled") {
      expectations.check(false, `${name}: ${enroll.message}`);
      continue;
    }
    subjects.set(id, enroll.subject.id);
    const { face } = enroll;
    console.log(
      `  ${name.padEnd(16)} face ${String(Math.round(face.box.width)).padStart(3)} px  quality ${face.quality.toFixed(2)}  ${milliseconds(null, start).padStart(7)}`,
    );
  }
  return { collection, subjects };
}

async function verifyPairs(api: Client, subjects: Map<string, string>, expectations: Expectations): Promise<void> {
  console.log("\nVerification (1:1): is this the enrolled person?");
  for (const { probe, subject, same } of PAIRS) {
    const start = performance.now();
    const { verify } = await api.request<{ verify: Verification }>(VERIFY, {
      probe: new PictureFile(portrait(...probe)),
      subject: subjects.get(subject),
    });
    const expected = same ? "MATCH" : "NO_MATCH";
    const note = expectations.check(
      verify.decision === expected,
      `${probe[0]} against ${subject}: ${verify.decision ?? verify.message}`,
    );
    console.log(
      `  ${verify.decision?.padEnd(8) ?? verify.message}  ${probe.join("/").padEnd(22)} against ${nameOf(subject).padEnd(16)} d² ${verify.distance?.toFixed(2)} (≤ ${verify.threshold?.toFixed(2)})  FMR ${verify.fmr?.toExponential(0)}  ${milliseconds(verify.millis, start).padStart(7)}${note}`,
    );
  }
}

const identify = async (api: Client, collection: string, file: string, maxFaces: number) =>
  (
    await api.request<{ identify: Identification }>(IDENTIFY, {
      collection,
      probe: new PictureFile(file),
      fpir: TARGET_FPIR,
      maxFaces,
    })
  ).identify;

async function identifyCrews(api: Client, collection: string, out: string, expectations: Expectations): Promise<void> {
  console.log("\nIdentification (1:N): who is in the crew photographs, from left to right?");
  for (const { photograph, title, faces: expected } of CREWS) {
    const start = performance.now();
    const file = crewPhotograph(photograph);
    const found = await identify(api, collection, file, 10);
    const time = milliseconds(found.millis, start);
    const faces = (found.faces ?? []).toSorted((a, b) => a.face.box.x - b.face.box.x);
    expectations.check(
      faces.length === expected.length,
      `${title}: ${faces.length} faces were found, expected ${expected.length}`,
    );
    console.log(`  ${title}  ${found.gallerySize} templates, d² ≤ ${found.threshold?.toFixed(2)}, ${time}`);
    for (const [i, face] of faces.entries())
      console.log(`    ${faceLine(face, expected[i] ?? null, title, expectations)}`);
    await drawLabels(
      file,
      faces.map(({ face, outcome, candidates }) => ({
        box: face.box,
        text: candidates[0] ? `${candidates[0].subject.name} ${candidates[0].distance.toFixed(2)}` : "nobody",
        found: outcome === "IDENTIFIED",
      })),
      resolve(out, `${photograph}.jpg`),
    );
  }
  const stranger = await identify(api, collection, STRANGER.file, 1);
  console.log(`  ${STRANGER.name}`);
  for (const face of stranger.faces ?? []) console.log(`    ${faceLine(face, null, STRANGER.name, expectations)}`);
  expectations.check(
    stranger.faces?.length === 1,
    `${STRANGER.name}: ${stranger.message ?? "expected exactly one face"}`,
  );
}

function faceLine(
  { outcome, candidates }: FoundFace,
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
    ? `${outcome.padEnd(10)}  ${nearest.subject.name.padEnd(16)} d² ${nearest.distance.toFixed(2)}${note}`
    : `${outcome}${note}`;
}

/** Enrolls, verifies and identifies people. Writes the labeled crew photographs to `out`. */
export async function demonstrateFaces(api: Client, out: string, expectations: Expectations): Promise<void> {
  const { collection, subjects } = await enrollAll(api, expectations);
  await verifyPairs(api, subjects, expectations);
  await identifyCrews(api, collection, out, expectations);
}
