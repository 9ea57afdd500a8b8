import { request, type IncomingMessage } from 'node:http'
import { request as requestSecure } from 'node:https'
import { LINK_PROBE_ANSWER_MAX_LENGTH } from '../tuning/offline.ts'

/** Probes the control plane once; rejects with the reason when it does not answer as one. */
export type Probe = (signal: AbortSignal) => Promise<void>

/** GET /livez on a connection of its own. A 200 of another server (a captive portal, for example) does not count. */
export const livezProbe =
  (url: URL, headers: Record<string, string> = {}): Probe =>
  async (signal) => {
    const send = url.protocol === 'https:' ? requestSecure : request
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(new URL('livez', url), { agent: false, headers, signal }, resolve).on('error', reject).end()
    })
    let text = ''
    for await (const chunk of response) {
      text += String(chunk)
      if (text.length > LINK_PROBE_ANSWER_MAX_LENGTH) break
    }
    if (response.statusCode !== 200 || !/^\s*\{\s*"status"\s*:\s*"ok"/.test(text))
      throw new Error(`it answered ${response.statusCode}, not as a control plane`)
  }

/** The system's error code where there is one, else the message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
