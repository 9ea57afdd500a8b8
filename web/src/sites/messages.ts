import { msg } from '@lingui/core/runtime-macro'

export const text = {
  elsewhere: (site: string) => msg`This meeting runs at ${{ site }}.`,
  elsewhereAway: (site: string, roundTrip: string) =>
    msg`This meeting runs at ${{ site }}, ${{ roundTrip }} from you.`,
  connection: (node: string, site: string) => msg`Connected to node ${{ node }} at site ${{ site }}.`,
  connectionAway: (node: string, site: string, roundTrip: string) =>
    msg`Connected to node ${{ node }} at site ${{ site }}, ${{ roundTrip }} from you.`,
  nearest: (site: string) => msg`Your nearest site is ${{ site }}.`,
}
