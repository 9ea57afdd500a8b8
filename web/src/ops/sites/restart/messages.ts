import { msg } from '@lingui/core/runtime-macro'

export const text = {
  restart: msg`Restart nodes one by one`,
  restartAt: (site: string) => msg`Restart nodes one by one at ${{ site }}`,
  question: (site: string) => msg`Restart the nodes of ${{ site }}?`,
  confirm: msg`Restart nodes`,
  starting: msg`Starting…`,
  continue: msg`Continue`,
  continueAt: (site: string) => msg`Continue restarting the nodes of ${{ site }}`,
  continuing: msg`Continuing…`,
  stop: msg`Stop`,
  stopAt: (site: string) => msg`Stop restarting the nodes of ${{ site }}`,
  stopping: msg`Stopping…`,
  cancel: msg`Cancel`,
  close: msg`Close`,
}
