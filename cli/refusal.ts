/** What whoever called a program can mend: it is told in one line, without a stack, and the exit code is 1. */
export class Refusal extends Error {
  override name = "Refusal";
}

/** What the file system answered, in words. */
const SAID: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of its path is a file, not a folder",
  EACCES: "it may not be opened: its permissions forbid it",
  EPERM: "it may not be opened: its permissions forbid it",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full. Make room and try again",
  EDQUOT: "the disk quota is used up. Make room and try again",
  ENAMETOOLONG: "its name is too long",
  EEXIST: "a file of that name is in the way",
};

/** Turns an error of the file system into a refusal that names the file; anything else is a fault and stays one. */
export function refusalOf(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(SAID, code) ? new Refusal(`${path}: ${SAID[code]}.`) : error;
}
