import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { guardedFetch } from "./guarded-fetch.ts";
import { MAX_PICTURE_BYTES } from "./picture.ts";
import { isPublic } from "./public-address.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts an HTTP server on loopback. */
async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const fetchHere = guardedFetch({ allowLoopback: true });
/** A guarded fetch without a network: a URL that passes the checks fails the test. */
const fetchOutside = guardedFetch({
  allowLoopback: false,
  fetch: () => {
    throw new Error("The network was used.");
  },
});

test("the bytes of a picture are returned unchanged", async () => {
  const url = await serve((_, response) => response.end(Buffer.from([1, 2, 3])));
  expect(await fetchHere(url)).toEqual(new Uint8Array([1, 2, 3]));
});

test("three redirects are followed, a fourth is not", async () => {
  const url = await serve(({ url: path = "/" }, response) => {
    const redirectsLeft = Number(path.slice(1));
    if (redirectsLeft === 0) response.end("x");
    else response.writeHead(302, { location: `/${redirectsLeft - 1}` }).end();
  });
  expect(await fetchHere(new URL("/3", url))).toEqual(new TextEncoder().encode("x"));
  expect(await fetchHere(new URL("/4", url))).toMatchObject({ reason: "UNREACHABLE" });
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "https://10.0.0.1/",
  "https://metadata.google.internal/",
  "http://93.184.216.34/",
])("a redirect to %s is refused", async (location) => {
  const url = await serve((_, response) => response.writeHead(301, { location }).end());
  expect(await fetchHere(url)).toMatchObject({ kind: "badImage", reason: "FORBIDDEN_ADDRESS" });
});

test("a file that is too large is refused, with and without Content-Length", async () => {
  let sent = 0;
  const endless = await serve((_, response) => {
    const chunk = Buffer.alloc(1 << 20);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on("drain", more);
    more();
  });
  expect(await fetchHere(endless)).toMatchObject({ reason: "TOO_LARGE" });
  expect(sent).toBeLessThan(4 * MAX_PICTURE_BYTES);
  const honest = await serve((_, response) =>
    response.writeHead(200, { "content-length": MAX_PICTURE_BYTES + 1 }).flushHeaders(),
  );
  expect(await fetchHere(honest)).toMatchObject({ reason: "TOO_LARGE" });
});

test("a response that never starts or never ends times out after five seconds", { timeout: 15_000 }, async () => {
  const silent = await serve(() => {});
  const dripping = await serve((_, response) => {
    const timer = setInterval(() => response.write("x"), 100);
    response.on("close", () => clearInterval(timer));
  });
  const start = performance.now();
  const both = await Promise.all([fetchHere(silent), fetchHere(dripping)]);
  for (const answer of both) expect(answer).toMatchObject({ reason: "UNREACHABLE" });
  expect(performance.now() - start).toBeLessThan(8_000);
});

test("an HTTP error and a refused connection are UNREACHABLE", async () => {
  const missing = await serve((_, response) => response.writeHead(404).end("nothing here"));
  expect(await fetchHere(missing)).toMatchObject({ reason: "UNREACHABLE" });
  expect(await fetchHere(new URL("http://127.0.0.1:9/"))).toMatchObject({ reason: "UNREACHABLE" });
});

describe("without allowLoopback, only public https URLs are allowed, not", () => {
  test.each([
    "http://example.com/a.jpg",
    "ftp://example.com/a.jpg",
    "file:///etc/passwd",
    "https://user:password@example.com/",
    "https://example.com:8443/",
    "https://localhost/",
    "https://localhost./",
    "https://localhost../",
    "https://metadata.google.internal.../",
    "https://api.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://intranet/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://1.0.0.127.in-addr.arpa/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://169.254.169.254/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[4000::1]/",
  ])("%s", async (address) => {
    expect(await fetchOutside(new URL(address))).toMatchObject({ kind: "badImage", reason: "FORBIDDEN_ADDRESS" });
  });
});

/** [network, prefix length]; the remaining bits of an address vary. */
const PRIVATE_V4: [number, number][] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0a80000, 16],
  [0xe0000000, 4],
  [0xf0000000, 4],
];

test("every address of a private IPv4 network is recognized in every notation", () => {
  const address = fc
    .constantFrom(...PRIVATE_V4)
    .chain(([network, length]) =>
      fc.integer({ min: 0, max: 2 ** (32 - length) - 1 }).map((host) => (network | host) >>> 0),
    );
  fc.assert(
    fc.property(address, (ip) => {
      const octets = [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255);
      const [high, low] = [(ip >>> 16).toString(16), (ip & 0xffff).toString(16)];
      const written = [
        octets.join("."),
        String(ip),
        `0x${ip.toString(16)}`,
        octets.map((octet) => `0${octet.toString(8)}`).join("."),
        `[::ffff:${high}:${low}]`,
        `[64:ff9b::${high}:${low}]`,
        `[2002:${high}:${low}::1]`,
        `[::${high}:${low}]`,
      ];
      for (const host of written) {
        const { hostname } = new URL(`https://${host}/`);
        expect(isPublic(hostname.replace(/^\[|\]$/g, "")), host).toBe(false);
      }
    }),
  );
});

test("public addresses and host names are allowed", () => {
  for (const host of ["example.com", "93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "internal.example.com"]) {
    expect(isPublic(host), host).toBe(true);
  }
});

test("with a resolver, a host name that resolves to a private address is refused", async () => {
  const guarded = guardedFetch({
    allowLoopback: false,
    fetch: async () => new Response("x"),
    resolve: async (name) => (name === "rebound.example" ? ["93.184.216.34", "10.0.0.1"] : ["93.184.216.34"]),
  });
  expect(await guarded(new URL("https://rebound.example/"))).toMatchObject({ reason: "FORBIDDEN_ADDRESS" });
  expect(await guarded(new URL("https://public.example/"))).toEqual(new TextEncoder().encode("x"));
});
