import { resolve } from "node:path";
import { ROOT } from "./state.ts";

/** The demo's data: the enrolled portraits, and who is where in each crew photograph (left to right). */
const PHOTOS = resolve(ROOT, "test/fixtures/photos");

export const portrait = (person: string, file: string) => resolve(PHOTOS, "people", person, file);
export const crewPhotograph = (crew: string) => resolve(PHOTOS, "groups", `${crew}.jpg`);

/** One portrait for each person, none of them cropped from a crew photograph. The last three are distractors: in no crew photograph. */
export const ENROLLED: readonly { name: string; id: string; file: string }[] = [
  { name: "Neil Armstrong", id: "neil-armstrong", file: "2.jpg" },
  { name: "Michael Collins", id: "michael-collins", file: "2.jpg" },
  { name: "Buzz Aldrin", id: "buzz-aldrin", file: "2.jpg" },
  { name: "Pete Conrad", id: "pete-conrad", file: "2.jpg" },
  { name: "Alan Shepard", id: "alan-shepard", file: "2.jpg" },
  { name: "Ken Mattingly", id: "ken-mattingly", file: "2.jpg" },
  { name: "John Young", id: "john-young", file: "2.jpg" },
  { name: "Charlie Duke", id: "charlie-duke", file: "2.jpg" },
  { name: "Gus Grissom", id: "gus-grissom", file: "1.jpg" },
  { name: "James Lovell", id: "james-lovell", file: "1.jpg" },
  { name: "Deke Slayton", id: "deke-slayton", file: "2.jpg" },
];

/** Genuine and impostor pairs: a probe photograph and an enrolled subject. */
export const PAIRS: readonly { probe: readonly [person: string, file: string]; subject: string; same: boolean }[] = [
  { probe: ["alan-shepard", "3.jpg"], subject: "alan-shepard", same: true },
  { probe: ["gus-grissom", "2.jpg"], subject: "gus-grissom", same: true },
  { probe: ["james-lovell", "3.jpg"], subject: "james-lovell", same: true },
  { probe: ["deke-slayton", "1.jpg"], subject: "deke-slayton", same: true },
  { probe: ["neil-armstrong", "1.jpg"], subject: "neil-armstrong", same: true },
  { probe: ["alan-shepard", "3.jpg"], subject: "gus-grissom", same: false },
  { probe: ["james-lovell", "3.jpg"], subject: "deke-slayton", same: false },
  { probe: ["neil-armstrong", "1.jpg"], subject: "buzz-aldrin", same: false },
  { probe: ["eileen-collins", "1.png"], subject: "michael-collins", same: false },
];

/** Left to right: an enrolled subject's id, or null for a person who is not enrolled. */
export const CREWS: readonly { photograph: string; title: string; faces: readonly (string | null)[] }[] = [
  { photograph: "apollo11-crew", title: "Apollo 11", faces: ["neil-armstrong", "michael-collins", "buzz-aldrin"] },
  { photograph: "apollo12-crew", title: "Apollo 12", faces: ["pete-conrad", null, null] },
  { photograph: "apollo14-crew", title: "Apollo 14", faces: [null, "alan-shepard", null] },
  { photograph: "apollo15-crew", title: "Apollo 15", faces: [null, null, null] },
  { photograph: "apollo16-crew", title: "Apollo 16", faces: ["ken-mattingly", "john-young", "charlie-duke"] },
  { photograph: "apollo17-crew", title: "Apollo 17", faces: [null, null, null] },
];

/** A portrait of a person who is not enrolled. */
export const STRANGER = { name: "Eileen Collins", file: portrait("eileen-collins", "1.png") };
