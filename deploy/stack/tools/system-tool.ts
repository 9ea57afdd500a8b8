// Programs of the system's package manager.
import { run } from '../../setup/command.mjs'
import { step } from '../../setup/progress.mjs'
import { UserError } from '../../setup/user-error.mjs'
import { onPath } from './find-program.ts'

export interface SystemTool {
  label: string
  found: string | undefined
  aptPackage: string
  binary: string
  brew: string
}

/** Path of the program, installed with apt-get when it is missing. Throws a UserError that says how to install it. */
export async function systemTool({ label, found, aptPackage, binary, brew }: SystemTool): Promise<string> {
  if (found) return found
  if (process.platform === 'darwin') throw new UserError(`${label} is missing: run “${brew}” and try again.`)
  const byHand = `${label} is missing and cannot be installed from here: run “sudo apt-get install ${aptPackage}” (or ask an administrator), or put ${binary} on PATH, then run again.`
  if (!onPath('apt-get')) throw new UserError(byHand)
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0) {
    if (!onPath('sudo')) throw new UserError(byHand)
    await run('sudo', ['-n', 'true'], { advice: byHand })
  }
  const apt = async (...args: string[]) => {
    const [command = '', ...rest] = [
      ...sudo,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      ...args,
    ]
    await run(command, rest, {
      advice: `Could not install ${label}: fix the problem that apt-get reports above, or run “apt-get install ${aptPackage}” by hand.`,
    })
  }
  const install = () =>
    // Where systemd runs, the package also starts a Redis service; Levee does not use it.
    apt('-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends', aptPackage)
  await step(`${label} (apt-get install ${aptPackage})`, () =>
    install().catch(async () => {
      await apt('-o', 'DPkg::Lock::Timeout=120', 'update')
      await install()
    }),
  )
  const path = onPath(binary)
  if (!path) throw new UserError(byHand)
  return path
}
