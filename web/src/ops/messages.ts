import { msg, plural } from '@lingui/core/runtime-macro'
import { formatNumber } from '../i18n/format.ts'

export const text = {
  operations: msg`Operations`,
  signIn: msg`Sign in`,
  signingIn: msg`Signing in…`,
  signOut: msg`Sign out`,
  signInLead: msg`Sites, nodes and their headroom. Sign in with the operator key of this installation.`,
  operatorKey: msg`Operator key`,
  wrongKey: msg`That isn’t the operator key. If you started Levee with “npm start”, it’s printed there, below “Operations”. On a server, it’s the key that was set at installation.`,
  loading: msg`Loading…`,
  noNodes: msg`No nodes yet`,
  installNode: msg`Install an edge node and give it the address of this control plane and the enrolment key. It appears here within seconds.`,
  allSites: msg`All sites`,
  noSuchSite: msg`There’s no site with this name.`,
  state: msg`State`,
  settings: msg`Settings`,
  edit: msg`Edit`,
  editSettings: (site: string) => msg`Edit settings for ${{ site }}`,
  loadingNodes: msg`Loading the nodes…`,
  nodesShown: (shown: number, total: number) =>
    msg`${{ shown: formatNumber(shown) }} of ${plural({ total }, { one: '# node', other: '# nodes' })}`,
  showMore: msg`Show more`,
  showMoreNodes: msg`Show more nodes`,
  loadingMore: msg`Loading…`,
}
