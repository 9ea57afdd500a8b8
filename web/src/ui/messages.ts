import { msg } from '@lingui/core/runtime-macro'

export const text = {
  host: msg`Host`,
  loading: msg`Loading…`,
  broken: msg`Something broke on this page`,
  brokenAdvice: msg`Reload it to continue. Your name and devices are remembered.`,
  reload: msg`Reload`,
  tryAgain: msg`Try again`,
  tryNow: msg`Try now`,
  tryingAgain: msg`Trying again…`,
  tryingAgainIn: (time: string) => msg`Trying again in ${{ time }}`,
  details: msg`Details for IT`,
  reference: (reference: string) => msg`Reference: ${{ reference }}`,
  server: (node: string, site: string) => msg`Node ${{ node }}, site ${{ site }}`,
}
