// LiveKit's signalling without a browser: token, admission and the signal socket of a node. No media flows, so
// whoever comes this way is a signalling client, not a participant with picture and sound.
import { clearTimeout, setTimeout } from 'k6/timers'
import { type ErrorEvent, type MessageEvent, WebSocket } from 'k6/websockets'
import type { JoinAnswer } from '@levee/control-plane/contract'

/** First byte of the protobuf JoinResponse, always the first frame; field 1, length-delimited. */
const JOIN_RESPONSE = 0x0a
const OPEN_TIMEOUT_MS = 10_000
/** LiveKit answers a leave at once; one in a thousand sockets was seen never to close. */
const CLOSE_TIMEOUT_MS = 5_000
const LEAVE = JSON.stringify({ leave: { reason: 'CLIENT_INITIATED', action: 'DISCONNECT' } })

export interface SignalResult {
  /** Socket opened → JoinResponse. */
  joinMs: number
  /** Ping → pong, in JSON from here on. */
  pongMs: number
}

/** Joins, pings, stays `stayMs`, leaves. Rejects with the step that failed. */
export function visit({ serverUrl, participantToken }: JoinAnswer, stayMs: number): Promise<SignalResult> {
  const query = `access_token=${participantToken}&protocol=16&auto_subscribe=1&sdk=js&version=2.15.0`
  return new Promise((resolve, reject) => {
    // Tags without the URL: it holds the token.
    const socket = new WebSocket(`${serverUrl}/rtc?${query}`, null, {
      tags: { name: 'signal', url: 'signal' },
    })
    socket.binaryType = 'arraybuffer'
    const startedMs = Date.now()
    let step = 'open the signal socket'
    let pingedMs = 0
    let result: SignalResult | undefined
    let timer = 0

    const end = (error?: string) => {
      if (step === 'ended') return
      clearTimeout(timer)
      const failed = step
      step = 'ended'
      socket.close()
      if (error === undefined && result) resolve(result)
      else reject(new Error(`could not ${failed}: ${error ?? 'no result'}`))
    }
    /** An iteration lasts as long as its timers, so there is never more than one. */
    const goOn = (next: string, timeoutMs: number) => {
      step = next
      clearTimeout(timer)
      timer = setTimeout(() => end('no answer'), timeoutMs)
    }
    const leave = () => {
      goOn('leave', CLOSE_TIMEOUT_MS)
      socket.send(LEAVE)
    }
    const onBinary = (frame: ArrayBuffer) => {
      if (step !== 'get a JoinResponse') return
      if (new Uint8Array(frame)[0] !== JOIN_RESPONSE) return end('another frame came first')
      result = { joinMs: Date.now() - startedMs, pongMs: 0 }
      goOn('get a pong', OPEN_TIMEOUT_MS)
      pingedMs = Date.now()
      // A text frame makes the server speak JSON from now on.
      socket.send(JSON.stringify({ pingReq: { timestamp: String(pingedMs), rtt: '0' } }))
    }
    const onText = (text: string) => {
      if (step !== 'get a pong' || !result || !('pongResp' in (JSON.parse(text) as object))) return
      result.pongMs = Date.now() - pingedMs
      step = 'stay'
      clearTimeout(timer)
      timer = setTimeout(leave, stayMs)
    }

    goOn(step, OPEN_TIMEOUT_MS)
    socket.addEventListener('open', () => goOn('get a JoinResponse', OPEN_TIMEOUT_MS))
    socket.addEventListener('message', (event) => {
      const { data } = event as MessageEvent
      if (typeof data === 'string') onText(data)
      else if (data instanceof ArrayBuffer) onBinary(data)
    })
    socket.addEventListener('error', (event) => end((event as ErrorEvent).error))
    socket.addEventListener('close', () => end(step === 'leave' ? undefined : 'the node closed the socket'))
  })
}
