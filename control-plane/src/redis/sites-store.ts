import type { RestartStep, SiteRecord, SitesStore } from '../domain/site-records.ts'
import type { SiteRestart } from '../protocol/shapes/sites.ts'
import type { AnswerOf } from './scripting/define-script.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/sites.ts'
import type { Shards } from './shards.ts'

export function createSitesStore(prepare: PrepareScript, shards: Shards): SitesStore {
  const beginRestart = prepare(scripts.beginRestart)
  const readSites = prepare(scripts.readSites)
  const setSite = prepare(scripts.setSite)
  const stepRestart = prepare(scripts.stepRestart)
  const stopRestart = prepare(scripts.stopRestart)
  const sweepSite = prepare(scripts.sweepSite)

  return {
    shardFor: shards.shardFor,

    async setSite(site, { offline = 'off', ...settings }) {
      const shard = await shards.ofSite(site)
      if (!shard) return { refused: 'site_not_found' }
      const set = await setSite(shard, { site, offline, ...settings })
      return 'refused' in set ? set : 'set'
    },

    async readSites() {
      const answers = await Promise.all((await shards.all()).map((shard) => readSites(shard, {})))
      return answers.flatMap(({ sites }) => sites.map(siteRecord))
    },

    async sweepSite(site) {
      const shard = await shards.ofSite(site)
      if (!shard) return 'idle'
      const swept = await sweepSite(shard, { site })
      if (swept.answer === 'idle') return 'idle'
      const { silenced, dead, correctedTracks } = swept
      return { silenced, dead, correctedTracks }
    },

    async beginRestart(site) {
      const shard = await shards.ofSite(site)
      if (!shard) return { refused: 'site_not_found' }
      const begun = await beginRestart(shard, { site })
      return 'refused' in begun ? begun : begun.answer
    },

    async stopRestart(site) {
      const shard = await shards.ofSite(site)
      if (!shard) return { refused: 'site_not_found' }
      const stopped = await stopRestart(shard, { site })
      return 'refused' in stopped ? stopped : stopped.answer
    },

    async stepRestart(site, freeElsewhere) {
      const shard = await shards.ofSite(site)
      if (!shard) return 'idle'
      const taken = await stepRestart(shard, { site, freeElsewhere })
      if (taken.answer === 'idle') return 'idle'
      const { answer: step, ...rest } = taken
      return { step, ...rest } as RestartStep
    },
  }
}

type SiteRow = AnswerOf<typeof scripts.readSites>['sites'][number]

function siteRecord(row: SiteRow): SiteRecord {
  const { ranges, fallback, boundary, spare, offline, restart, nodeUrls, areUrlsListed, ...sums } = row
  return {
    ...sums,
    nodeUrls: areUrlsListed ? [...nodeUrls] : undefined,
    settings: { ranges: [...ranges], fallback: [...fallback], boundary, spare, offline },
    restart: restart === undefined ? null : restartRecord(restart),
  }
}

function restartRecord(row: NonNullable<SiteRow['restart']>): SiteRestart {
  return {
    ...row,
    node: row.node || null,
    reason: row.reason ?? null,
    // Nodes may have enrolled since it began.
    total: Math.max(row.total, row.done + row.skipped),
  }
}
