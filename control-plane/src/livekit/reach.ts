/** A host that is gone does not even refuse; one that is there answers in milliseconds. */
const REACH_TIMEOUT_MS = 1_000

/** Whether LiveKit at this WebSocket URL answers anything over HTTP. */
export async function reachLivekit(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(REACH_TIMEOUT_MS)
    const response = await fetch(url.replace(/^ws/, 'http'), { method: 'HEAD', redirect: 'manual', signal })
    await response.body?.cancel()
    return true
  } catch {
    return false
  }
}
