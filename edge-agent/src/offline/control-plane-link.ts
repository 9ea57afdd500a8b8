import { jittered } from '@levee/control-plane/protocol/backoff'
import type { Logger } from 'pino'
import {
  LINK_PROBE_AFTER_MS,
  LINK_PROBE_EVERY_MS,
  LINK_PROBE_JITTER_SHARE,
  LINK_PROBE_TIMEOUT_MS,
  LINK_UP_AFTER_PROBE_MS,
} from '../tuning/offline.ts'
import { reasonOf, type Probe } from './probe.ts'

/** State of the link to the control plane as the agent sees it: up or down. */
export type ControlPlaneLink = {
  isDown(): boolean
  /** Aborts when the link goes down; already aborted while it is down. */
  downSignal(): AbortSignal
  /** `why`: for the log, never an address or a body. */
  markDown(why: string): void
  markUp(): void
  /**
   * A request waits for an answer: if that takes long, the control plane is probed. The returned function ends the
   * watch.
   */
  watchRequest(): () => void
  stop(): void
}

/**
 * The first failure takes the link down. It is up again after a successful probe (one each second) or report. A request
 * without an answer does not take it down, because some take long: it triggers a probe.
 */
export function controlPlaneLink(options: {
  probe: Probe
  log: Logger
  onChange?: (isDown: boolean) => void
  /** A probe succeeded: the agent can report first, which marks the link up; otherwise it is up a little later. */
  onProbed?: () => void
  random?: () => number
}): ControlPlaneLink {
  const { probe, log, onChange = () => {}, onProbed = () => {}, random = Math.random } = options
  let up = new AbortController()
  let stopped = false
  let probing = false
  let timer: NodeJS.Timeout | undefined

  const runProbe = async () => {
    if (probing || stopped) return
    probing = true
    let succeeded = true
    try {
      await probe(AbortSignal.timeout(LINK_PROBE_TIMEOUT_MS))
    } catch (error) {
      succeeded = false
      link.markDown(reasonOf(error))
    }
    probing = false
    if (!link.isDown() || stopped) return
    if (!succeeded) return probeLater()
    clearTimeout(timer)
    timer = setTimeout(() => link.markUp(), LINK_UP_AFTER_PROBE_MS)
    onProbed()
  }
  const probeLater = () => {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(() => void runProbe(), jittered(LINK_PROBE_EVERY_MS, LINK_PROBE_JITTER_SHARE, random))
  }

  const link: ControlPlaneLink = {
    isDown: () => up.signal.aborted,
    downSignal: () => up.signal,
    markDown(why) {
      if (up.signal.aborted || stopped) return
      log.warn({ reason: why }, 'the control plane cannot be reached: the branch is offline')
      up.abort()
      onChange(true)
      probeLater()
    },
    markUp() {
      if (!up.signal.aborted || stopped) return
      clearTimeout(timer)
      up = new AbortController()
      log.info('the control plane can be reached again')
      onChange(false)
    },
    watchRequest() {
      let next = setTimeout(function again() {
        void runProbe()
        next = setTimeout(again, LINK_PROBE_EVERY_MS)
      }, LINK_PROBE_AFTER_MS)
      return () => clearTimeout(next)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
  return link
}
