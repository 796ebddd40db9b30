import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** IPv4-compatible IPv6 addresses (`::127.0.0.1`): deprecated, but routed to the IPv4 address by some stacks. */
const IPV4_COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');

/**
 * May anyone's server live there? Only globally routed unicast addresses may: private, loopback, link-local, carrier-grade
 * NAT, multicast, documentation, benchmarking and reserved ranges may not, nor the IPv6 forms that carry an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo). What cannot be read is not public.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0) return false;
  const parsed = ipaddr.parse(bare);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(IPV4_COMPATIBLE)) return false;
  return parsed.range() === 'unicast';
}

/** Is the hostname of a URL an address rather than a name? WHATWG URLs have folded `0x7f.1` and the like already. */
export function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
