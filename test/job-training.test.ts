import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../cli/state.ts";
import { REAL_NET, startFullSystem } from "./support/full-system.ts";
import { content, startTraining, waitForState } from "./support/jobs.ts";
import { pictureAt } from "./support/people.ts";

const STYLIZE = /* GraphQL */ `
  mutation Stylize($input: StylizeInput!) {
    stylize(input: $input) {
      __typename
      ... on Stylized { image { url width height } style { id name modelId } }
      ... on Problem { message }
    }
  }`;
interface Painted {
  stylize: { __typename: string; image: { url: string; width: number; height: number }; style: object };
}
const STYLES = "{ styles { id name origin modelId } }";

test("a style that the job service trained with the real loss network can be used at once", async () => {
  const photographs = mkdtempSync(join(tmpdir(), "semblance-photographs-"));
  for (const name of ["rocket.jpg", "coffee.png"])
    copyFileSync(resolve(ROOT, "test/fixtures/photos/content", name), join(photographs, name));
  const system = await startFullSystem({
    service: {
      SEMBLANCE_PHOTOGRAPHS: photographs,
      SEMBLANCE_LOSS_NET: REAL_NET,
    },
  });
  try {
    await system.startService();
    const { job } = await startTraining(system.api, {
      name: "Harbour",
      style: pictureAt(resolve(ROOT, "models/styles/harbour-rising-sun/painting.jpg")),
      steps: 3,
    });
    const { style, losses, result } = await waitForState(system.api, job.id, "SUCCEEDED", 100);
    expect(result).toBeNull();
    expect(losses.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(style).toMatchObject({ name: "Harbour", modelId: expect.stringMatching(/^stylenet-[0-9a-f]{12}$/) });

    const { styles } = await system.api.request<{ styles: { id: string }[] }>(STYLES);
    expect(styles.at(-1)).toEqual({ ...style, origin: expect.stringContaining(job.id) });
    for (const quality of ["FAST", "FINE"]) {
      const { stylize } = await system.api.request<Painted>(STYLIZE, {
        input: { image: content(), styleId: style!.id, quality, maxSide: 96 },
      });
      expect(stylize).toMatchObject({ __typename: "Stylized", image: { width: 96, height: 96 }, style: style! });
      expect((await fetch(stylize.image.url)).headers.get("content-type")).toBe("image/jpeg");
    }
  } finally {
    await system.close();
    rmSync(photographs, { recursive: true });
  }
});
