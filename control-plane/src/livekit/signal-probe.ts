import { SIGNAL_PROBE_TIMEOUT_MS } from '../tuning/nodes.ts'

/**
 * Whether LiveKit at this WebSocket URL lets a participant in: the answer to a join is its first message. The connection is
 * closed at once. Never rejects.
 */
export async function joinsLivekit(url: string, token: string): Promise<boolean> {
  const address = new URL(
    `rtc?access_token=${token}&auto_subscribe=0&protocol=9`,
    `${url.replace(/\/$/, '')}/`,
  )
  const socket = new WebSocket(address)
  const joined = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), SIGNAL_PROBE_TIMEOUT_MS)
    const end = (isIn: boolean) => {
      clearTimeout(timer)
      resolve(isIn)
    }
    socket.addEventListener('message', () => end(true))
    socket.addEventListener('error', () => end(false))
    socket.addEventListener('close', () => end(false))
  })
  socket.close()
  return joined
}
