/** A grant with the control plane's claims; the agent cannot verify its signature. */
export function grantText(options: {
  node: string
  forSec: number
  may?: 'join' | 'start'
  shard?: string
}): string {
  const { node, forSec, may = 'start', shard = '' } = options
  const exp = Math.floor(Date.now() / 1_000) + forSec
  const claims = { node, site: 'branch', shard, may, iat: exp - 86_400, exp }
  return `header.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`
}
