// LiveKit's signalling without a browser: a participant joins through the signal socket of a node and sends no media.
import { clearTimeout, setTimeout } from 'k6/timers'
import { type ErrorEvent, type MessageEvent, WebSocket } from 'k6/websockets'
import type { JoinAnswer } from '@levee/control-plane/contract'
import { LEAVE_TIMEOUT_MS, SIGNAL_TIMEOUT_MS } from './tuning.ts'

/** First byte of the protobuf JoinResponse, which is always the first frame: field 1, length-delimited. */
const JOIN_RESPONSE = 0x0a
const LEAVE = JSON.stringify({ leave: { reason: 'CLIENT_INITIATED', action: 'DISCONNECT' } })

export interface SignalResult {
  /** Socket opened → JoinResponse. */
  joinMs: number
  /** Ping → pong, in JSON. */
  pongMs: number
}

/** Joins, pings, stays for `stayMs` and leaves. Rejects with the step that failed. */
export function visit({ serverUrl, participantToken }: JoinAnswer, stayMs: number): Promise<SignalResult> {
  const query = `access_token=${participantToken}&protocol=16&auto_subscribe=1&sdk=js&version=2.15.0`
  return new Promise((resolve, reject) => {
    // The tags do not contain the URL, because that contains the token.
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
    /** One timer at a time, because a k6 iteration lasts as long as its timers. */
    const startStep = (next: string, timeoutMs: number) => {
      step = next
      clearTimeout(timer)
      timer = setTimeout(() => end('no answer'), timeoutMs)
    }
    const leave = () => {
      startStep('leave', LEAVE_TIMEOUT_MS)
      socket.send(LEAVE)
    }
    const onBinary = (frame: ArrayBuffer) => {
      if (step !== 'get a JoinResponse') return
      if (new Uint8Array(frame)[0] !== JOIN_RESPONSE) return end('a different frame came first')
      result = { joinMs: Date.now() - startedMs, pongMs: 0 }
      startStep('get a pong', SIGNAL_TIMEOUT_MS)
      pingedMs = Date.now()
      // After a text frame the server answers in JSON.
      socket.send(JSON.stringify({ pingReq: { timestamp: String(pingedMs), rtt: '0' } }))
    }
    const onText = (text: string) => {
      if (step !== 'get a pong' || !result || !('pongResp' in (JSON.parse(text) as object))) return
      result.pongMs = Date.now() - pingedMs
      step = 'stay'
      clearTimeout(timer)
      timer = setTimeout(leave, stayMs)
    }

    startStep(step, SIGNAL_TIMEOUT_MS)
    socket.addEventListener('open', () => startStep('get a JoinResponse', SIGNAL_TIMEOUT_MS))
    socket.addEventListener('message', (event) => {
      const { data } = event as MessageEvent
      if (typeof data === 'string') onText(data)
      else if (data instanceof ArrayBuffer) onBinary(data)
    })
    socket.addEventListener('error', (event) => end((event as ErrorEvent).error))
    socket.addEventListener('close', () => end(step === 'leave' ? undefined : 'the node closed the socket'))
  })
}
