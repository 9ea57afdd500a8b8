import { msg, plural } from '@lingui/core/runtime-macro'
import { formatPercent } from '../../i18n/format.ts'
import type { Term } from '../ui/explanations/Terms.tsx'

export const text = {
  nodes: msg`Nodes`,
  node: msg`Node`,
  status: msg`Status`,
  headroom: msg`Headroom`,
  meetings: msg`Meetings`,
  cpu: msg`CPU`,
  lastReport: msg`Last report`,
  actions: msg`Actions`,
  zone: (zone: string) => msg`zone ${{ zone }}`,
  unknown: msg`Unknown`,
  people: (people: number) => msg`${plural({ people }, { one: '# person', other: '# people' })}`,
  cpuSteal: (share: number) => msg`${{ share: formatPercent(share) }} steal`,
  never: msg`Never`,
  agent: (version: string) => msg`agent ${{ version }}`,
  close: msg`Close`,
  doesNotFit: msg`Not enough room on the other nodes`,
  needs: (node: string) => msg`${{ node }} needs`,
  freeElsewhere: msg`Free elsewhere`,
  tracks: (tracks: number) => msg`${plural({ tracks }, { one: '# track', other: '# tracks' })}`,
  nothingMoved: msg`Nothing has been moved. Add a node, or wait until meetings end.`,
  ifForced: (node: string) =>
    msg`If you drain anyway, meetings move as long as there’s room. The rest keep running on ${{ node }} until there’s room elsewhere or they end. Don’t stop the node before it’s empty.`,
  drainAnyway: msg`Drain anyway`,
  cancel: msg`Cancel`,
  startingDrain: msg`Starting the drain…`,
}

export const NODE_TERMS: readonly Term[] = [
  { term: msg`Cordon`, meaning: msg`no new meetings start on the node. Running meetings continue.` },
  {
    term: msg`Drain`,
    meaning: msg`running meetings move to other nodes too. You can stop the node once it’s empty.`,
  },
  { term: msg`Steal`, meaning: msg`CPU time that the physical machine gave to other virtual machines.` },
]
