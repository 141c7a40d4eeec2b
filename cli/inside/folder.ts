import { readdir } from "node:fs/promises";
import { extname } from "node:path";
import { Refusal, refusalOf } from "../refusal.ts";

const ENDINGS = [".jpg", ".jpeg", ".png", ".webp"];

/** The pictures of a folder and of those in it, as paths below it, in the order of their names. Refuses a folder without any. */
export async function picturesIn(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true }).catch((error) => {
    throw refusalOf(folder, error);
  });
  const pictures = paths.filter((path) => ENDINGS.includes(extname(path).toLowerCase())).sort();
  if (pictures.length === 0)
    throw new Refusal(
      `${folder}: there are no pictures in it. Put files there whose names end in ${ENDINGS.join(", ")}.`,
    );
  return pictures;
}
