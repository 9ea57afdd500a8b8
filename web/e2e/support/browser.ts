// A real Chromium with fake devices. Everything that its pages fetch is recorded.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { ensureChromium } from '../../../deploy/stack/tools/chromium.ts'
import { writeFakeCamera } from './fake-camera.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  // The microphone beeps each second; screen shares show a fake tab.
  '--use-fake-device-for-media-stream=display-media-type=browser,fps=15',
]

/** What a page did and must not do. assertClean expects both lists to be empty. */
export interface Watch {
  /** Requests to anything but the control plane and the edge nodes. */
  foreign: string[]
  /** Violations of the Content-Security-Policy, trusted types among them, and uncaught errors. */
  faults: string[]
}

export interface Visitor {
  page: Page
  watch: Watch
  context: BrowserContext
}

export type Look = { phone?: boolean; dark?: boolean; permissions?: boolean }

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

export async function openChromium(): Promise<Browser> {
  const executablePath = await ensureChromium()
  const camera = writeFakeCamera()
  const browser = await chromium.launch({
    executablePath,
    args: [...ARGS, `--use-file-for-fake-video-capture=${camera.file}`],
    ignoreDefaultArgs: ['--mute-audio'],
  })
  browser.once('disconnected', camera.remove)
  return browser
}

/** A page in a browser profile of its own. `ours`: the origins of the stack. */
export async function newVisitor(
  browser: Browser,
  ours: readonly string[],
  look: Look = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: look.phone ? PHONE : DESKTOP,
    isMobile: look.phone ?? false,
    hasTouch: look.phone ?? false,
    deviceScaleFactor: look.phone ? 2 : 1,
    colorScheme: look.dark ? 'dark' : 'light',
    permissions:
      look.permissions === false ? [] : ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
  })
  await context.addInitScript(recordPeers)
  const page = await context.newPage()
  const watch = watchPage(page, ours)
  return { page, watch, context }
}

function watchPage(page: Page, ours: readonly string[]): Watch {
  const watch: Watch = { foreign: [], faults: [] }
  const allowed = new Set(ours.map((url) => new URL(url).host))
  const check = (url: string) => {
    const { protocol, host, href } = new URL(url)
    if (/^(?:https?|wss?):$/.test(protocol) && !allowed.has(host)) watch.foreign.push(href)
  }
  page.on('request', (request) => check(request.url()))
  page.on('websocket', (socket) => check(socket.url()))
  page.on('pageerror', (error) => watch.faults.push(String(error)))
  page.on('console', (message) => {
    if (/content security policy|requires 'Trusted/i.test(message.text())) watch.faults.push(message.text())
  })
  return watch
}

declare global {
  interface Window {
    /** Every peer connection of the page, for its statistics. */
    levee_peers: RTCPeerConnection[]
  }
}

/** Runs in the page before its own scripts. */
function recordPeers(): void {
  window.levee_peers = []
  const Real = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Real {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      window.levee_peers.push(this)
    }
  }
}
