import type { DeviceFault } from './device-error.ts'
import type { Kind } from './preview.ts'

export type FaultWords = { what: string; todo: string; again?: string }

type Browser = 'chromium' | 'firefox' | 'safari'
type System = 'windows' | 'macos' | 'android' | 'ios' | 'linux'
type Thing = Kind | 'both'

const NAMES: Record<Thing, string> = {
  microphone: 'microphone',
  camera: 'camera',
  both: 'camera and microphone',
}

const ALLOW_IN: Record<Browser, string> = {
  chromium: 'Click the icon left of the address, switch it to Allow, then come back here.',
  firefox: 'Click the crossed-out icon in the address bar, remove the block, then come back here.',
  safari: 'Open Safari › Settings for This Website, choose Allow, then come back here.',
}

const SYSTEM_STEPS: Record<System, (thing: string) => string> = {
  windows: (thing) => `Open Settings › Privacy & security › ${thing} and let desktop apps use it.`,
  macos: (thing) => `Open System Settings › Privacy & Security › ${thing} and switch this browser on.`,
  android: (thing) => `Open Settings › Apps › your browser › Permissions › ${thing} and allow it.`,
  ios: (thing) => `Open Settings › Apps › your browser and switch ${thing} on.`,
  linux: () => 'Check the privacy settings of your desktop, and whether a sandbox hides the device.',
}

/** Each fault in its own words. `both` when camera and microphone share one cause. */
export function faultWords(fault: DeviceFault, thing: Thing, agent = navigator.userAgent): FaultWords {
  const name = NAMES[thing]
  const Name = capital(name)
  const plural = thing === 'both'
  switch (fault) {
    case 'dismissed':
      return {
        what: `${Name} ${plural ? 'are' : 'is'} not switched on yet`,
        todo: 'Your browser asks you once.',
        again: `Allow ${name}`,
      }
    case 'denied':
      return {
        what: `${Name} ${plural ? 'are' : 'is'} blocked for this site`,
        todo: ALLOW_IN[browserOf(agent)],
        again: 'Try again',
      }
    case 'blocked':
      return {
        what: `Your system keeps the ${name} from the browser`,
        todo: SYSTEM_STEPS[systemOf(agent)](plural ? 'Camera and Microphone' : Name),
        again: 'Try again',
      }
    case 'busy':
      return {
        what: `Another program is using the ${name}`,
        todo: 'Close other meetings or camera programs, or choose another device.',
        again: 'Try again',
      }
    case 'missing':
      return {
        what: `No ${name} found`,
        todo: 'Plug one in and it appears by itself.',
      }
    case 'unplugged':
      return {
        what: `The ${name} ${plural ? 'were' : 'was'} unplugged`,
        todo: 'Plug it in again or choose another one below.',
      }
    case 'insecure':
      return {
        what: `The ${name} ${plural ? 'need' : 'needs'} a secure address`,
        todo: 'Open this page with https://, or ask your IT team. You can still watch and listen.',
      }
    case 'failed':
      return {
        what: `The ${name} did not start`,
        todo: 'Try again, or choose another one below.',
        again: 'Try again',
      }
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function browserOf(agent: string): Browser {
  if (/firefox/i.test(agent)) return 'firefox'
  return /safari/i.test(agent) && !/chrom(e|ium)|edg|android/i.test(agent) ? 'safari' : 'chromium'
}

function systemOf(agent: string): System {
  if (/android/i.test(agent)) return 'android'
  if (/iphone|ipad/i.test(agent)) return 'ios'
  if (/mac os/i.test(agent)) return 'macos'
  return /windows/i.test(agent) ? 'windows' : 'linux'
}
