/** An error that the user of a program can fix. It is printed in one line, without a stack, and the exit code is 1. */
export class UserError extends Error {
  override name = "UserError";
}

/** Messages for error codes of the file system. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder. Check the path",
  EISDIR: "it is a folder, not a file. Give the path of a file",
  ENOTDIR: "a part of the path is a file, not a folder. Check the path",
  EACCES: "permission denied. Change the file's permissions or choose another path",
  EPERM: "permission denied. Change the file's permissions or choose another path",
  EROFS: "the disk is read-only. Choose another path",
  ENOSPC: "the disk is full. Free some space and try again",
  EDQUOT: "the disk quota is used up. Free some space and try again",
  ENAMETOOLONG: "the name is too long. Choose a shorter one",
  EEXIST: "a file with this name exists already. Choose another path",
};

/** Converts a file system error to a `UserError` that names the file. Returns any other error unchanged. */
export function toUserError(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(FILE_ERRORS, code) ? new UserError(`${path}: ${FILE_ERRORS[code]}.`) : error;
}
