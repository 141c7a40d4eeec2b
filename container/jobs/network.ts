import { readFile } from "node:fs/promises";
import { type ImportedNet, importNet } from "../engine/import.ts";

/** Reads the loss network from a file. The error for an unusable file contains the file's name. */
export async function readNetwork(file: string): Promise<ImportedNet> {
  const bytes = await readFile(file);
  try {
    return importNet(bytes);
  } catch (error) {
    throw new Error(`${file}: not a usable ONNX network. ${error instanceof Error ? error.message : error}`);
  }
}
