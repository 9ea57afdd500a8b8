import { get, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'

/** Status of the answer on a connection of its own, once it was read to the end. Rejects after `timeoutMs`. */
export function freshGet(
  url: URL,
  headers: Record<string, string>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const timeUp = AbortSignal.timeout(timeoutMs)
    const either = signal ? AbortSignal.any([signal, timeUp]) : timeUp
    const options = { agent: false, headers, signal: either }
    const onAnswer = (response: IncomingMessage) => {
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    }
    const request =
      url.protocol === 'https:' ? getSecure(url, options, onAnswer) : get(url, options, onAnswer)
    request.on('error', reject)
  })
}
