import { connect, type Socket } from 'node:net'
import {
  CONNECT_RETRY_MS,
  CONNECT_SHORT_LIVED_MS,
  CONNECT_SHORT_LIVED_PAUSE_MS,
  CONNECT_TIMEOUT_MS,
} from '../tuning/livekit.ts'

/**
 * Keeps an idle TCP connection to LiveKit's port. The kernel closes it the moment the process ends, and a refused
 * reconnect then shows within milliseconds that LiveKit has exited. `onOpen` and `onRefused` are called at each attempt.
 */
export function holdConnection(options: { url: URL; onOpen: () => void; onRefused: () => void }): {
  stop(): void
} {
  const { url, onOpen, onRefused } = options
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  let socket: Socket | undefined
  let retry: NodeJS.Timeout | undefined
  let stopped = false

  const open = () => {
    if (stopped) return
    let openedAtMs = Number.NaN
    let closed = false
    socket = connect({ host, port })
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket?.destroy())
    socket.once('connect', () => {
      openedAtMs = performance.now()
      socket?.setTimeout(0)
      onOpen()
    })
    socket.on('error', () => {})
    socket.resume()
    socket.once('close', () => {
      if (closed || stopped) return
      closed = true
      if (Number.isNaN(openedAtMs)) {
        onRefused()
        retry = setTimeout(open, CONNECT_RETRY_MS)
      } else if (performance.now() - openedAtMs < CONNECT_SHORT_LIVED_MS) {
        retry = setTimeout(open, CONNECT_SHORT_LIVED_PAUSE_MS)
      } else open()
    })
  }

  open()
  return {
    stop() {
      stopped = true
      clearTimeout(retry)
      socket?.destroy()
    },
  }
}
