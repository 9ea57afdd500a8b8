import type { MessageDescriptor } from '@lingui/core'
import { msg, select } from '@lingui/core/runtime-macro'
import type { DeviceError } from './device-error.ts'
import type { Kind } from './kinds.ts'

/** `both`: camera and microphone failed for one reason. */
export type ConcernedDevice = Kind | 'both'

export type DeviceErrorMessages = {
  /** What is wrong. */
  title: MessageDescriptor
  /** What the person can do. */
  advice: MessageDescriptor
  /** Text of the button that opens the device again, where that can help. */
  retry?: MessageDescriptor
}

const TRY_AGAIN = msg`Try again`

/** Each error in its own words, with the steps for this browser and system. */
export function deviceErrorMessages(
  error: DeviceError,
  device: ConcernedDevice,
  userAgent = navigator.userAgent,
): DeviceErrorMessages {
  switch (error) {
    case 'dismissed':
      return {
        title: msg`${select({ device }, { microphone: 'Your microphone isn’t on yet', camera: 'Your camera isn’t on yet', other: 'Your camera and microphone aren’t on yet' })}`,
        advice: msg`Your browser will ask for permission.`,
        retry: msg`${select({ device }, { microphone: 'Allow microphone', camera: 'Allow camera', other: 'Allow camera and microphone' })}`,
      }
    case 'denied':
      return {
        title: msg`${select({ device }, { microphone: 'Your microphone is blocked for this site', camera: 'Your camera is blocked for this site', other: 'Your camera and microphone are blocked for this site' })}`,
        advice: ALLOW_IN_BROWSER[browserOf(userAgent)],
        retry: TRY_AGAIN,
      }
    case 'blocked':
      return {
        title: msg`${select({ device }, { microphone: 'Your system doesn’t let the browser use the microphone', camera: 'Your system doesn’t let the browser use the camera', other: 'Your system doesn’t let the browser use the camera and microphone' })}`,
        advice: allowInSystem(systemOf(userAgent), device),
        retry: TRY_AGAIN,
      }
    case 'busy':
      return {
        title: msg`${select({ device }, { microphone: 'Another program is using the microphone', camera: 'Another program is using the camera', other: 'Another program is using the camera and microphone' })}`,
        advice: msg`Close other meetings and camera programs, or choose another device.`,
        retry: TRY_AGAIN,
      }
    case 'missing':
      return {
        title: msg`${select({ device }, { microphone: 'No microphone found', camera: 'No camera found', other: 'No camera or microphone found' })}`,
        advice: msg`Plug one in and it’s used right away.`,
      }
    case 'unplugged':
      return {
        title: msg`${select({ device }, { microphone: 'The microphone was unplugged', camera: 'The camera was unplugged', other: 'The camera and microphone were unplugged' })}`,
        advice: msg`Plug it in again, or choose another device.`,
      }
    case 'insecure':
      return {
        title: msg`${select({ device }, { microphone: 'The microphone needs a secure address', camera: 'The camera needs a secure address', other: 'The camera and microphone need a secure address' })}`,
        advice: msg`Open this page with https://, or ask your IT team. You can still watch and listen.`,
      }
    case 'failed':
      return {
        title: msg`${select({ device }, { microphone: 'The microphone didn’t start', camera: 'The camera didn’t start', other: 'The camera and microphone didn’t start' })}`,
        advice: msg`Try again, or choose another device.`,
        retry: TRY_AGAIN,
      }
  }
}

type Browser = 'chromium' | 'firefox' | 'safari'

const ALLOW_IN_BROWSER: Record<Browser, MessageDescriptor> = {
  chromium: msg`Click the icon to the left of the address, switch it to Allow, then come back here.`,
  firefox: msg`Click the crossed-out icon in the address bar, remove the block, then come back here.`,
  safari: msg`Open Safari › Settings for This Website, choose Allow, then come back here.`,
}

function browserOf(userAgent: string): Browser {
  if (/firefox/i.test(userAgent)) return 'firefox'
  return /safari/i.test(userAgent) && !/chrom(e|ium)|edg|android/i.test(userAgent) ? 'safari' : 'chromium'
}

type System = 'windows' | 'macos' | 'android' | 'ios' | 'linux'

/** The names of menus are those of the systems. */
function allowInSystem(system: System, device: ConcernedDevice): MessageDescriptor {
  switch (system) {
    case 'windows':
      return msg`${select({ device }, { microphone: 'Open Settings › Privacy & security › Microphone and let desktop apps use it.', camera: 'Open Settings › Privacy & security › Camera and let desktop apps use it.', other: 'Open Settings › Privacy & security and let desktop apps use Camera and Microphone.' })}`
    case 'macos':
      return msg`${select({ device }, { microphone: 'Open System Settings › Privacy & Security › Microphone and turn this browser on.', camera: 'Open System Settings › Privacy & Security › Camera and turn this browser on.', other: 'Open System Settings › Privacy & Security and turn this browser on for Camera and Microphone.' })}`
    case 'android':
      return msg`${select({ device }, { microphone: 'Open Settings › Apps › your browser › Permissions › Microphone and allow it.', camera: 'Open Settings › Apps › your browser › Permissions › Camera and allow it.', other: 'Open Settings › Apps › your browser › Permissions and allow Camera and Microphone.' })}`
    case 'ios':
      return msg`${select({ device }, { microphone: 'Open Settings › Apps › your browser and turn Microphone on.', camera: 'Open Settings › Apps › your browser and turn Camera on.', other: 'Open Settings › Apps › your browser and turn Camera and Microphone on.' })}`
    case 'linux':
      return msg`Check the privacy settings of your desktop, and whether a sandbox hides the device.`
  }
}

function systemOf(userAgent: string): System {
  if (/android/i.test(userAgent)) return 'android'
  if (/iphone|ipad/i.test(userAgent)) return 'ios'
  if (/mac os/i.test(userAgent)) return 'macos'
  return /windows/i.test(userAgent) ? 'windows' : 'linux'
}
