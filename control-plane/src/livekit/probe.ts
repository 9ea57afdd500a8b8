import { PROBE_TIMEOUT_MS } from '../tuning/nodes.ts'

/** Whether LiveKit at this WebSocket URL answers anything over HTTP. Never rejects. */
export async function reachLivekit(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
    const response = await fetch(url.replace(/^ws/, 'http'), { method: 'HEAD', redirect: 'manual', signal })
    await response.body?.cancel()
    return true
  } catch {
    return false
  }
}
