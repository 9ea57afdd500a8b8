import { get, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'

/**
 * GET on a connection of its own. Resolves to the HTTP status once the body was read to its end. Rejects after
 * `timeoutMs`, when `signal` aborts, and when there is no answer.
 */
export function freshGet(
  url: URL,
  headers: Record<string, string>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout
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
