import { readdir } from "node:fs/promises";
import { extname } from "node:path";
import { toUserError, UserError } from "../user-error.ts";

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp"];

/** Lists the pictures of a folder and its subfolders, as relative paths, sorted. Throws a `UserError` if there are none. */
export async function listPictures(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true }).catch((error) => {
    throw toUserError(folder, error);
  });
  const pictures = paths.filter((path) => EXTENSIONS.includes(extname(path).toLowerCase())).sort();
  if (pictures.length === 0)
    throw new UserError(
      `${folder}: there are no pictures in it. Choose a folder with files that end in ${EXTENSIONS.join(", ")}.`,
    );
  return pictures;
}
