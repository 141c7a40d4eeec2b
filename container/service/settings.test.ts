import { expect, test } from "vitest";
import { spawnService } from "./testing/service.ts";

const ISSUER = "https://semblance.example";

test("what it needs and is not given it says in one line", async () => {
  const said = async (variables: Record<string, string>, ...args: string[]) => {
    const child = spawnService(variables, ...args);
    let text = "";
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (part) => (text += part));
    const code = await new Promise((ended) => child.once("close", ended));
    return { code, text };
  };
  expect(await said({})).toEqual({ code: 2, text: "SEMBLANCE_ISSUER is missing: see --help for what it is.\n" });
  const { code, text } = await said({ SEMBLANCE_ISSUER: ISSUER, SEMBLANCE_PROVIDER: "abacus" });
  expect([code, text]).toEqual([2, expect.stringMatching(/^SEMBLANCE_PROVIDER cannot be used: .*\n$/)]);
  expect(await said({ SEMBLANCE_ISSUER: ISSUER, SEMBLANCE_LOSS_NET: "/nowhere.onnx" })).toEqual({
    code: 2,
    text: "SEMBLANCE_LOSS_NET cannot be used: there is no such file; npm run setup makes the usual one.\n",
  });
  expect(await said({ SEMBLANCE_ISSUER: ISSUER, SEMBLANCE_PROVIDER: "cuda" })).toEqual({
    code: 1,
    text: expect.stringMatching(/^SEMBLANCE_PROVIDER=cuda does not start: .*\n$/),
  });
  expect(await said({}, "--help")).toMatchObject({ code: 0, text: expect.stringContaining("SEMBLANCE_PHOTOGRAPHS") });
});
