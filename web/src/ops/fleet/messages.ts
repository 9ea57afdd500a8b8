import { msg } from '@lingui/core/runtime-macro'

export const text = {
  live: msg`Live`,
  notLive: msg`Not live: the control plane isn’t responding.`,
  lastUpdate: (ago: string) => msg`Last update ${{ ago }}.`,
}
