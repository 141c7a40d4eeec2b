import ipaddr from "ipaddr.js";

export interface AddressRules {
  /** Lets addresses point at this machine, over http and on any port: for tests alone. */
  allowLoopback: boolean;
  /**
   * The addresses behind a name, to be checked as well. There is none by default: a Worker on Cloudflare has no way into a
   * private network by a name, whatever it resolves to, and no resolver whose answer the connection would be bound to. Where
   * the Worker runs inside a network of its own, give one, and refuse private destinations at its exit too: between this
   * question and the connection a name may change.
   */
  resolve?: (hostname: string) => Promise<readonly string[]>;
}

/** Names that mean something inside a network only. RFC 6761, RFC 6762, RFC 8375, and what clouds call their metadata. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa)$/;
/** Azure's metadata and DNS: inside the public range. The others' are link-local or reserved. */
const METADATA = "168.63.129.16";
/** Global unicast: RFC 4291, section 2.4; all else is special, unassigned, or an IPv4 address in disguise. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Why an address that a stranger gave must not be called, as what follows "The address"; undefined where it may be. */
export async function addressTrouble(url: URL, { allowLoopback, resolve }: AddressRules): Promise<string | undefined> {
  const host = hostOf(url);
  if (allowLoopback && isLoopback(host)) return undefined;
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username || url.password) return "must not contain a user or a password";
  if (url.port !== "") return "must not name a port";
  const addresses = [host, ...(resolve && !ipaddr.isValid(host) ? await resolve(host) : [])];
  return addresses.every(isPublic) ? undefined : "is not on the public internet";
}

/**
 * Without the brackets of an IPv6 address, and without dots at the end: one may end a name, and resolvers differ on more
 * (`localhost..`). The URL parser has normalised the rest.
 */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");

function isLoopback(host: string): boolean {
  return ipaddr.isValid(host) ? ipaddr.parse(host).range() === "loopback" : /(^|\.)localhost$/.test(host);
}

/** Whether a host is a public address, or a name that may stand for one. */
export function isPublic(host: string): boolean {
  if (!ipaddr.isValid(host)) return host.includes(".") && !PRIVATE_NAMES.test(host);
  const address = ipaddr.parse(host);
  if (address.range() !== "unicast" || host === METADATA) return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
}
