/** Whether a node may be enrolled at an address: browsers are sent there, and replicas probe it. */
import { BlockList, isIP } from 'node:net'

/** `patterns`: `wss://*.edge.example.org`, `wss://10.1.2.3:7880`; none: any. A `*` stands for one or more labels. */
export type NodeUrlRules = { patterns: readonly string[]; requireTls: boolean }

/** Addresses that mean another machine for each reader, or a cloud's service that hands out credentials. */
const REFUSED = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 3],
] as const)
  REFUSED.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['ff00::', 8],
] as const)
  REFUSED.addSubnet(net, bits, 'ipv6')

const REFUSED_NAMES =
  /^(?:metadata|instance-data|metadata\.google\.internal|metadata\.goog|.*\.internal\.cloudapp\.net)\.?$/

/** The end of a sentence that begins with the URL; undefined: it is allowed. */
export function nodeUrlFault(text: string, { patterns, requireTls }: NodeUrlRules): string | undefined {
  if (!URL.canParse(text)) return 'is not a URL'
  const url = new URL(text)
  if (url.protocol !== 'wss:' && (url.protocol !== 'ws:' || requireTls)) return 'must begin with wss://'
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    return 'must be a scheme, a host and a port, and nothing else'
  // The parser has written numbers such as 0xA9FEA9FE as the address that they mean.
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const family = isIP(host)
  const isRefused =
    family === 0 ? REFUSED_NAMES.test(host) : REFUSED.check(host, family === 6 ? 'ipv6' : 'ipv4')
  if (isRefused) return 'is the address of a link or of a cloud’s metadata service'
  const isListed = patterns.length === 0 || patterns.some((pattern) => patternOf(pattern).test(url.origin))
  return isListed ? undefined : 'fits no pattern of LEVEE_NODE_URLS'
}

/** Origins have no default port, and neither has a pattern that names none. */
function patternOf(pattern: string): RegExp {
  const parts = pattern
    .replace(/\/$/, '')
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[a-z0-9-]+(?:\\.[a-z0-9-]+)*')}$`, 'i')
}
