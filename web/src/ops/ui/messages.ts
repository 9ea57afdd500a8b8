import { msg } from '@lingui/core/runtime-macro'
import { formatPercent } from '../../i18n/format.ts'

export const text = {
  headroomOf: (name: string) => msg`Headroom of ${{ name }}:`,
  free: (share: number) => msg`${{ share: formatPercent(share) }} free`,
  used: (share: number) => msg`${{ share: formatPercent(share) }} used`,
  usedAndReserved: (used: number, reserved: number) =>
    msg`${{ used: formatPercent(used) }} used, ${{ reserved: formatPercent(reserved) }} reserved`,
}
