import { openAsBlob } from "node:fs";
import { basename } from "node:path";

/** Opens an image file in Node. The file is read when it is sent. Rejects if it cannot be opened. */
export const fromPath = async (path: string): Promise<File> => new File([await openAsBlob(path)], basename(path));
