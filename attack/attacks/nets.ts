import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../cli/state.ts";
import { FLOAT, floats, type Model, type Node, node, type Tensor } from "../../models/importer/onnx.ts";
import { readOnnx } from "../../models/importer/read-onnx.ts";
import { writeOnnx } from "../../models/importer/write-onnx.ts";
import { startFakeJobService } from "../../test/support/fake-job-service.ts";
import { cancel, startTraining } from "../../test/support/jobs.ts";
import type { HostileResponse } from "../hostile-request.ts";
import type { Attack } from "./attack.ts";

const MEGABYTE = 1_000_000;

/** Nets that a compromised job service delivers. Each exceeds a different limit when it is parsed or when it runs. */
function hostileNets(): Uint8Array[] {
  const shipped = readFileSync(join(ROOT, "models/styles/udnie/net.onnx"));
  const changed = (change: (model: Model) => unknown): Uint8Array => {
    const model = readOnnx(shipped);
    change(model);
    return writeOnnx(model);
  };
  const picture = (name: string) => ({ name, elementType: FLOAT, dims: ["n", 3, "height", "width"] });
  const netOf = (parts: (Node | Tensor)[]): Uint8Array =>
    changed((model) => {
      model.graph = {
        name: "net",
        nodes: parts.filter((part) => "operator" in part),
        initializers: parts.filter((part) => "data" in part),
        inputs: [picture("photograph")],
        outputs: [picture("picture")],
      };
    });
  return [
    // No ONNX file, as large as the limit allows.
    new Uint8Array(8 * MEGABYTE).fill(0x0a),
    shipped.subarray(0, shipped.length / 2),
    // More than 600 MB for a picture of 512 × 512 pixels.
    netOf([...convolution("photograph", "wide", 3, 512), ...convolution("wide", "picture", 512, 3)]),
    // Minutes of computation.
    netOf([
      ...convolution("photograph", "c0", 3, 64),
      ...Array.from({ length: 120 }, (_, i) => convolution(`c${i}`, `c${i + 1}`, 64, 64)).flat(),
      ...convolution("c120", "picture", 64, 3),
    ]),
    netOf(convolution("photograph", "picture", 3, 3, Number.NaN)),
    changed(({ graph }) => Object.assign(graph.initializers[0]!, { dims: [2 ** 40] })),
    changed(({ graph }) => graph.nodes.push(...Array.from({ length: 20_000 }, () => graph.nodes[0]!))),
  ];
}

/** A convolution of 3 × 3 that keeps the size of its input. */
function convolution(from: string, to: string, inputs: number, outputs: number, weight = 0.01): (Node | Tensor)[] {
  const weights = new Float32Array(outputs * inputs * 9).fill(weight);
  return [
    node("Conv", [from, `${to}.kernel`], to, { kernel_shape: [3n, 3n], strides: [1n, 1n], pads: [1n, 1n, 1n, 1n] }),
    floats(`${to}.kernel`, [outputs, inputs, 3, 3], weights),
  ];
}

const AT_ONCE = 4;
const ROUNDS = 3;

/** A job service that delivers hostile nets for a training job. */
export const NETS: readonly Attack[] = [
  {
    name: "nets: hostile ones from the job service",
    expected: ["422", "413"],
    required: "422",
    async run({ target, attacker }) {
      const service = await startFakeJobService(target.jobServicePort);
      const started = await startTraining(attacker.api, { steps: 10 });
      try {
        const attempt = await service.waitForAttempt(started.job.id);
        const nets = Array.from({ length: ROUNDS }, hostileNets).flat();
        const responses: HostileResponse[] = [];
        while (nets.length > 0) {
          const batch = nets.splice(0, AT_ONCE).map(async (net) => {
            const start = performance.now();
            const { status } = await attempt.put("net", net);
            responses.push({ outcome: String(status), sent: net.length, millis: performance.now() - start });
          });
          await Promise.all(batch);
        }
        return responses;
      } finally {
        await cancel(attacker.api, started.job.id);
        await service.close();
      }
    },
  },
];
