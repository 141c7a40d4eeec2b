import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { phonePhoto } from "../bench/pictures.ts";
import { crewPhotograph, portrait } from "../cli/astronauts.ts";
import { type Client, createClient } from "../cli/client.ts";
import { type Server as LocalServer, startServer } from "../cli/server.ts";
import { DETECT } from "./support/documents.ts";
import { type FaceAnswer, type Outcome, pictureAt } from "./support/people.ts";
import { freePort } from "./support/ports.ts";
import { startWorker } from "./support/worker.ts";

/** The three ways to send a picture, and pictures that are too large to decode in an isolate. */
let server: LocalServer;
let api: Client;
let pictures: Server;
let address: string;

beforeAll(async () => {
  // The test harness is not used, because it follows redirects before the Worker sees them.
  server = await startServer({
    port: await freePort(),
    state: mkdtempSync(resolve(tmpdir(), "semblance-")),
    vars: { ALLOW_LOOPBACK_URLS: "true" },
  });
  api = createClient(server.url, server.key);
  const portraitBytes = readFileSync(portrait("buzz-aldrin", "2.jpg"));
  pictures = createServer((request, response) => {
    switch (request.url) {
      case "/portrait":
        return response.end(portraitBytes);
      case "/moved":
        return response.writeHead(302, { location: "/portrait" }).end();
      case "/to-metadata":
        return response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
      case "/page":
        return response.writeHead(200, { "content-type": "image/jpeg" }).end("<html>not a picture</html>");
      case "/endless":
        return void sendEndlessly(response);
      default:
        return response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => pictures.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`;
});
afterAll(async () => {
  pictures.close();
  pictures.closeAllConnections();
  await server.stop();
});

/** Sends more bytes than a picture can have, until the client closes the connection. */
function sendEndlessly(response: import("node:http").ServerResponse): void {
  const chunk = Buffer.alloc(1 << 20);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}

type Detected = Outcome & { width: number; height: number; faces: FaceAnswer[] };
const detect = async (image: Record<string, unknown>, client = api) =>
  (await client.request<{ detect: Detected }>(DETECT, { image, maxFaces: 100 })).detect;

test("a picture gives the same answer uploaded, by URL, and as base64", async () => {
  const uploaded = await detect(pictureAt(portrait("buzz-aldrin", "2.jpg")));
  expect(uploaded.faces).toHaveLength(1);
  const answer = ({ width, height, faces }: Detected) => ({ width, height, faces });
  const base64 = readFileSync(portrait("buzz-aldrin", "2.jpg")).toString("base64");
  expect(answer(await detect({ base64 }))).toEqual(answer(uploaded));
  expect(answer(await detect({ base64: `data:image/jpeg;base64,${base64}` }))).toEqual(answer(uploaded));
  expect(answer(await detect({ base64: base64.replace(/.{76}/g, "$&\r\n") }))).toEqual(answer(uploaded));
  const urlSafe = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  expect(answer(await detect({ base64: urlSafe }))).toEqual(answer(uploaded));
  const percents = readFileSync(portrait("buzz-aldrin", "2.jpg"), "hex").replace(/../g, "%$&");
  expect(answer(await detect({ base64: `data:image/jpeg,${percents}` }))).toEqual(answer(uploaded));
  expect(answer(await detect({ url: `${address}/portrait` }))).toEqual(answer(uploaded));
  expect(answer(await detect({ url: `${address}/moved` }))).toEqual(answer(uploaded));
});

test("a URL to a forbidden address, to nothing, to no picture or to too many bytes gives a BadImage with the reason", async () => {
  const reason = async (url: string) => (await detect({ url })).reason;
  expect(await reason(`${address}/to-metadata`)).toBe("FORBIDDEN_ADDRESS");
  expect(await reason("http://10.0.0.1/x.jpg")).toBe("FORBIDDEN_ADDRESS");
  expect(await reason("https://[::ffff:169.254.169.254]/x.jpg")).toBe("FORBIDDEN_ADDRESS");
  expect(await reason("https://metadata.google.internal/x.jpg")).toBe("FORBIDDEN_ADDRESS");
  expect(await reason(`${address}/nothing`)).toBe("UNREACHABLE");
  expect(await reason("http://127.0.0.1:9/x.jpg")).toBe("UNREACHABLE");
  expect(await reason(`${address}/page`)).toBe("UNSUPPORTED_FORMAT");
  expect(await reason(`${address}/endless`)).toBe("TOO_LARGE");
});

test("without the development switch a loopback address is forbidden", async () => {
  const strict = await startWorker();
  try {
    const { api: client } = await strict.tenant();
    expect((await detect({ url: `${address}/portrait` }, client)).reason).toBe("FORBIDDEN_ADDRESS");
    expect((await detect({ url: address.replace("127.0.0.1", "localhost") }, client)).reason).toBe("FORBIDDEN_ADDRESS");
  } finally {
    await strict.close();
  }
});

test("boxes of a rotated 12-megapixel phone photo are in pixels of the upright picture", async () => {
  const file = resolve(mkdtempSync(resolve(tmpdir(), "semblance-")), "phone.jpg");
  writeFileSync(file, await phonePhoto());
  const phone = await detect(pictureAt(file));
  const crew = await detect(pictureAt(crewPhotograph("apollo11-crew")));
  expect(phone).toMatchObject({ width: 4032, height: 3024 });
  expect(phone.faces).toHaveLength(3);
  const [kx, ky] = [4032 / crew.width, 3024 / crew.height];
  const byPlace = (faces: FaceAnswer[]) => faces.toSorted((a, b) => a.box.x - b.box.x).map(({ box }) => box);
  for (const [i, box] of byPlace(phone.faces).entries()) {
    const small = byPlace(crew.faces)[i]!;
    expect(Math.abs(box.x + box.width / 2 - kx * (small.x + small.width / 2))).toBeLessThan(0.15 * box.width);
    expect(Math.abs(box.y + box.height / 2 - ky * (small.y + small.height / 2))).toBeLessThan(0.15 * box.height);
  }
});

test("an upload can have 20 MB, and the error for a larger one has both sizes", async () => {
  const picture = readFileSync(portrait("buzz-aldrin", "2.jpg"));
  const file = resolve(mkdtempSync(resolve(tmpdir(), "semblance-")), "large.jpg");
  writeFileSync(file, Buffer.concat([picture, Buffer.alloc((20 << 20) - picture.length)]));
  expect(await detect(pictureAt(file))).toMatchObject({ __typename: "Detection", faces: [{}] });
  writeFileSync(file, Buffer.concat([picture, Buffer.alloc(20 << 20)]));
  expect(await detect(pictureAt(file))).toMatchObject({
    __typename: "BadImage",
    reason: "TOO_LARGE",
    message: "The picture's file has 20.1 MB; the limit is 20 MB. Make it smaller.",
  });
});
