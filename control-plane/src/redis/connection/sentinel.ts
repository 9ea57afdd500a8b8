import type { Deadlines } from './deadlines.ts'
import { awayReasons, type Health, type Link, openLink, written } from './link.ts'
import type { Address, RedisUrl } from './redis-url.ts'
import { isNoScript, type Topology } from './topology.ts'
import { StoreUnavailable } from './unavailable.ts'

/** How often the sentinels are asked while the primary serves; without one they are asked at every beat. */
const ASK_MS = 1_000

/** The primary that the sentinels name. A lost one is not dialled again but on their word: it may have been replaced. */
export function openSentinel(
  { nodes, tls, login, db, primaryName, sentinelLogin }: Extract<RedisUrl, { kind: 'sentinel' }>,
  deadlines: Deadlines,
): Topology {
  const sentinels = nodes.map((address) => openLink(address, { tls, login: sentinelLogin, db: 0, deadlines }))
  let primary: Link | undefined
  /** Named by the sentinels, and not yet known to be a primary. */
  let candidate: Link | undefined
  let isAsking = false
  let askedAt = -Infinity
  let fault: string | undefined
  let isOver = false

  function lose(link: Link, why: string): void {
    if (link !== primary && link !== candidate) return
    if (link === primary) primary = undefined
    else candidate = undefined
    fault = `${written(link.address)}: ${why}`
    link.destroy()
  }

  async function ask(): Promise<void> {
    const up = sentinels.filter(({ health }) => health.state === 'up')
    const answers = await Promise.allSettled(up.map((link) => link.call(['SENTINEL', 'MASTER', primaryName])))
    const named = answers
      .filter((answer) => answer.status === 'fulfilled')
      .map(({ value }) => readPrimary(value))
    // One that was cut off tells an older story, of a smaller epoch.
    const latest = named.toSorted((a, b) => b.epoch - a.epoch)[0]
    if (latest) follow(latest.address)
    else if (answers[0]?.status === 'rejected') fault = String(answers[0].reason)
  }

  async function askOnce(now: number): Promise<void> {
    isAsking = true
    askedAt = now
    try {
      await ask()
    } finally {
      isAsking = false
    }
  }

  function follow(address: Address): void {
    if (isOver) return
    const current = candidate ?? primary
    if (current && written(current.address) === written(address)) return
    candidate?.destroy()
    candidate = openLink(address, { tls, login, db, deadlines })
    void prove(candidate)
  }

  /** While it is being asked, the old primary goes on: the sentinels may have promoted another beside it. */
  async function prove(link: Link): Promise<void> {
    await link.dialled
    if (link.health.state === 'away') return lose(link, link.health.reason)
    const role = await link.call(['ROLE']).catch((error: unknown) => String(error))
    if (!Array.isArray(role)) return lose(link, String(role))
    if (role[0] !== 'master') return lose(link, `it is a ${role[0]}`)
    if (link !== candidate) return
    primary?.destroy()
    primary = link
    candidate = undefined
    fault = undefined
  }

  function health(): Health {
    if (primary) return primary.health
    if (fault !== undefined) return { state: 'away', reason: fault }
    if (sentinels.every((link) => link.health.state === 'away'))
      return { state: 'away', reason: `no sentinel: ${awayReasons(sentinels)}` }
    return { state: 'dialing' }
  }

  function noPrimary(): StoreUnavailable {
    const now = health()
    return new StoreUnavailable(`no redis primary: ${'reason' in now ? now.reason : 'not found yet'}`)
  }

  return {
    run(script, root, args) {
      const link = primary
      if (!link) return Promise.reject(noPrimary())
      return link.call(['EVALSHA', script.sha, '1', root, ...args], async (error) => {
        if (isNoScript(error)) return link.send(['EVAL', script.source, '1', root, ...args])
        // It was a primary, and the sentinels have made a replica of it.
        if (error instanceof Error && error.message.startsWith('READONLY')) lose(link, 'it is a replica now')
        throw error
      })
    },
    processOf: () => primary?.process,
    async ping() {
      if (!primary) throw noPrimary()
      await primary.call(['PING'])
    },
    health,
    beat(now) {
      for (const link of [...sentinels, primary, candidate]) link?.beat()
      if (primary?.health.state === 'away') lose(primary, primary.health.reason)
      // At first all of them are waited for: the one that is there first may be the one that was cut off.
      if (sentinels.some((link) => link.health.state === 'dialing')) return
      if (!isAsking && now - askedAt >= (primary ? ASK_MS : 0)) void askOnce(now)
    },
    destroy() {
      isOver = true
      for (const link of [...sentinels, primary, candidate]) link?.destroy()
    },
  }
}

/** SENTINEL MASTER: its many fields by name. */
function readPrimary(reply: unknown): { address: Address; epoch: number } {
  const fields = reply as { ip: string; port: string; 'config-epoch': string }
  return { address: { host: fields.ip, port: Number(fields.port) }, epoch: Number(fields['config-epoch']) }
}
