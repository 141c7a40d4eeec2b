import { expect, test } from "vitest";
import { spawnService } from "./testing/service.ts";

const ISSUER = "https://semblance.example";

test("a missing or invalid setting is reported in one line", async () => {
  const outputOf = async (variables: Record<string, string>, ...args: string[]) => {
    const child = spawnService(variables, ...args);
    let text = "";
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (part) => (text += part));
    const code = await new Promise((resolve) => child.once("close", resolve));
    return { code, text };
  };
  expect(await outputOf({})).toEqual({
    code: 2,
    text: "SEMBLANCE_ISSUER is missing. Set it; --help lists all variables.\n",
  });
  const { code, text } = await outputOf({ SEMBLANCE_ISSUER: ISSUER, SEMBLANCE_PROVIDER: "abacus" });
  expect([code, text]).toEqual([2, expect.stringMatching(/^SEMBLANCE_PROVIDER is invalid: .*\n$/)]);
  expect(await outputOf({ SEMBLANCE_ISSUER: ISSUER, SEMBLANCE_LOSS_NET: "/nowhere.onnx" })).toEqual({
    code: 2,
    text: "SEMBLANCE_LOSS_NET is invalid: the file does not exist; npm run setup creates the default file.\n",
  });
  expect(await outputOf({ SEMBLANCE_ISSUER: ISSUER, SEMBLANCE_PROVIDER: "cuda" })).toEqual({
    code: 1,
    text: expect.stringMatching(/^The execution provider does not start \(SEMBLANCE_PROVIDER=cuda\): .*\n$/),
  });
  expect(await outputOf({}, "--help")).toMatchObject({
    code: 0,
    text: expect.stringContaining("SEMBLANCE_PHOTOGRAPHS"),
  });
});
