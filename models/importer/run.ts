import * as ort from "onnxruntime-web/wasm";

/** Float32 [N, …shape]. */
export interface Batch {
  shape: readonly number[];
  data: Float32Array;
}

/** Runs an ONNX model with one input on onnxruntime with one thread. Returns its outputs in the graph's order. */
export async function run(model: Uint8Array, input: Batch): Promise<Batch[]> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  try {
    const outputs = await session.run({ [session.inputNames[0]!]: new ort.Tensor("float32", input.data, input.shape) });
    return session.outputNames.map((name) => {
      const { data, dims } = outputs[name]!;
      if (!(data instanceof Float32Array)) throw new Error(`The output ${name} is not float32.`);
      return { shape: dims, data };
    });
  } finally {
    await session.release();
  }
}
