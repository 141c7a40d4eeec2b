import { readFile } from "node:fs/promises";
import { type ImportedNet, importNet } from "../engine/import.ts";

/** The loss network in a file. What cannot be used is refused with the file's name. */
export async function readNetwork(file: string): Promise<ImportedNet> {
  const bytes = await readFile(file);
  try {
    return importNet(bytes);
  } catch (error) {
    throw new Error(`${file}: it is no ONNX net that can be used. ${error instanceof Error ? error.message : error}`);
  }
}
