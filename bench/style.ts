import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as ort from "onnxruntime-web/wasm";
import { ROOT } from "../cli/state.ts";
import { readStyle, shippedStyles } from "../cli/style-nets.ts";
import { square } from "../container/engine/arithmetic.ts";
import { build } from "../container/engine/build.ts";
import { gradient } from "../container/engine/gradient.ts";
import { importNet } from "../container/engine/import.ts";
import { total } from "../container/engine/reduction.ts";
import { openSession } from "../container/engine/run.ts";
import { input } from "../container/engine/value.ts";
import { exportNet } from "../container/style-net/export.ts";
import { readQuantized } from "../container/style-net/read-quantized.ts";
import { timeInWasm } from "../container/style-net/speed.ts";
import { defaultEmbedder } from "../models/catalog.ts";
import { writeOnnx } from "../models/importer/write-onnx.ts";
import { SHIPPED_STYLES } from "../models/styles.ts";
import { interleave, median, type Row, row } from "./measure.ts";
import type { PainterlyCost } from "./painterly.ts";

const SIDE = 256;
/** With this many rounds, some run undisturbed even if other programs run. They take 4 s in total. */
const ROUNDS = 30;

/** Compares the loss network's value and gradient with respect to the picture with the forward pass alone. */
export async function engine(): Promise<Row[]> {
  const net = importNet(await readFile(resolve(ROOT, "models/build/features.onnx")));
  const x = input("x", [1, 3, SIDE, SIDE]);
  const { mixed2 } = net.features(x, ["mixed2"]);
  const value = total(square(mixed2));
  const [dx] = gradient(value, [x]);
  const forward = await openSession(build({ mixed2 }));
  const both = await openSession(build({ value, dx: dx! }));
  const feeds = {
    x: { shape: x.shape, data: Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i % 251) / 250) },
  };
  const [bare, derived] = await interleave(
    ROUNDS,
    [forward, both].map((session) => () => cpuMillis(() => session.run(feeds))),
    0,
  );
  // The minimum of the rounds is the time without disturbance by other programs.
  const [least, most] = [Math.min(...bare!), Math.min(...derived!)];
  return [
    row(
      "value and gradient ÷ forward pass alone, InceptionV3 to mixed2, 256 px",
      most / least,
      "×",
      { max: 2.6 },
      `${most.toFixed(0)} / ${least.toFixed(0)} ms CPU; medians ${median(derived!).toFixed(0)} / ${median(bare!).toFixed(0)}`,
    ),
  ];
}

async function cpuMillis(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Compares a painterly picture of 512 pixels with its parts alone, and measures one of 1024. Each runs in a separate process. */
export async function painterly(): Promise<Row[]> {
  const small = await costOf(512);
  const large = await costOf(1024);
  const baseline = small.runs + small.projection;
  return [
    row(
      "painterly, 512 px: CPU ÷ session runs and projection alone",
      small.cpu / baseline,
      "×",
      { max: 1.2 },
      `${small.cpu.toFixed(1)} / (${small.runs.toFixed(1)} + ${small.projection.toFixed(1)}) s; ${small.wall.toFixed(0)} s wall`,
    ),
    row("painterly, 512 px: peak memory", small.peakRss, "MiB", { max: 1024 }),
    row("painterly, 512 px: memory at the end ÷ at the beginning", small.growth, "×", { max: 1.05 }),
    row(
      "painterly, 1024 px: peak memory",
      large.peakRss,
      "MiB",
      { max: 2048 },
      `in tiles; ${large.wall.toFixed(0)} s wall`,
    ),
  ];
}

async function costOf(side: number): Promise<PainterlyCost> {
  const { stdout } = await promisify(execFile)(process.execPath, [resolve(ROOT, "bench/painterly.ts"), String(side)]);
  return JSON.parse(stdout);
}

/** Number of styles that must ship. */
const MIN_STYLES = 6;

/** Compares a shipped, quantized style net with the same net in float32, and with one run of the face embedder. */
export async function feedForward(): Promise<Row[]> {
  const shipped = await shippedStyles();
  const count = row("trained styles that are shipped", shipped.length, "", { min: MIN_STYLES });
  const [first] = shipped;
  if (!first) return [count];
  const { net, manifest } = await readStyle(first);
  const floatNet = writeOnnx(exportNet(readQuantized(net, manifest.training.settings.architecture)));
  const [quantized, float] = await timeInWasm([net, floatNet]);
  const embedder = await embedderMillis();
  const farthest = SHIPPED_STYLES.reduce((a, b) => (b.net.psnr < a.net.psnr ? b : a));
  return [
    count,
    row(
      "style nets, quantized compared with trained, lowest PSNR",
      farthest.net.psnr,
      "dB",
      { min: 30 },
      farthest.name,
    ),
    row(
      "style net, 512×512, one WASM thread: quantized ÷ fp32",
      quantized! / float!,
      "×",
      { max: 0.7 },
      `${quantized!.toFixed(0)} / ${float!.toFixed(0)} ms`,
    ),
    row(
      "style net, quantized ÷ one run of the face embedder",
      quantized! / embedder,
      "×",
      { max: 12 },
      `${embedder.toFixed(1)} ms`,
    ),
  ];
}

async function embedderMillis(): Promise<number> {
  const { file, input: contract } = defaultEmbedder();
  const session = await ort.InferenceSession.create(await readFile(resolve(ROOT, "models/build", file)), {
    logSeverityLevel: 3,
  });
  const shape = [1, 3, contract.height, contract.width];
  const face = new ort.Tensor("float32", new Float32Array(3 * contract.height * contract.width).fill(0.1), shape);
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    const start = performance.now();
    await session.run({ [contract.name]: face });
    fastest = Math.min(fastest, performance.now() - start);
  }
  await session.release();
  return fastest;
}
