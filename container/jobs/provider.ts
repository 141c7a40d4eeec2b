import { add } from "../engine/arithmetic.ts";
import { build } from "../engine/build.ts";
import type { PROVIDERS, Provider } from "../engine/provider.ts";
import { openSession } from "../engine/run.ts";
import { input } from "../engine/value.ts";
import type { Job, StepLosses } from "./messages.ts";

interface ProviderJob {
  provider: (typeof PROVIDERS)[number];
}

/**
 * The first execution provider that starts and computes correctly. This runs in a separate process, because a broken driver can
 * crash the runtime.
 */
export const run: Job<ProviderJob, StepLosses, never, Provider> = async ({ provider }) => {
  const x = input("x", [2]);
  const session = await openSession(build({ twice: add(x, x) }), { provider });
  try {
    const { twice } = await session.run({ x: { shape: [2], data: Float32Array.of(1, 2) } });
    if (twice?.data[1] !== 4)
      throw new Error(
        `${session.provider} starts but computes a wrong result. Update its driver or choose another provider.`,
      );
    return session.provider;
  } finally {
    await session.release();
  }
};
