import ipaddr from "ipaddr.js";

export interface AddressRules {
  /** Allows URLs of this machine, with http and any port. For tests only. */
  allowLoopback: boolean;
  /**
   * Resolves a host name to its addresses, which are checked too. Default: none. On Cloudflare a Worker cannot reach a private
   * network through a host name, and no resolver is guaranteed to return the address that the connection then uses. If the Worker
   * runs inside a private network, provide a resolver and also block private destinations at the exit of that network: a host name
   * can resolve to another address between the check and the connection.
   */
  resolve?: (hostname: string) => Promise<readonly string[]>;
}

/** Host names that exist only inside a network: RFC 6761, RFC 6762, RFC 8375, and the names of cloud metadata services. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa)$/;
/** Azure's metadata and DNS address, which is in the public range. Those of other clouds are link-local or reserved. */
const METADATA = "168.63.129.16";
/** Global unicast (RFC 4291, section 2.4). All other addresses are special, unassigned, or contain an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Why a URL must not be requested, as the predicate of a sentence about the URL; undefined if the URL is allowed. */
export async function addressTrouble(url: URL, { allowLoopback, resolve }: AddressRules): Promise<string | undefined> {
  const host = hostOf(url);
  if (allowLoopback && isLoopback(host)) return undefined;
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username || url.password) return "must not contain a user name or a password";
  if (url.port !== "") return "must not contain a port";
  const addresses = [host, ...(resolve && !ipaddr.isValid(host) ? await resolve(host) : [])];
  return addresses.every(isPublic) ? undefined : "is not on the public internet";
}

/**
 * The host without the brackets of an IPv6 address and without dots at the end. A host name can end with one dot, and resolvers
 * differ on more (`localhost..`). The URL parser has normalized the rest.
 */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");

function isLoopback(host: string): boolean {
  return ipaddr.isValid(host) ? ipaddr.parse(host).range() === "loopback" : /(^|\.)localhost$/.test(host);
}

/** Whether a host is a public address, or a host name that is not known to be private. */
export function isPublic(host: string): boolean {
  if (!ipaddr.isValid(host)) return host.includes(".") && !PRIVATE_NAMES.test(host);
  const address = ipaddr.parse(host);
  if (address.range() !== "unicast" || host === METADATA) return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
}
