// Requests to the control plane.

export const post = <T>(url: string, body: object, key?: string): Promise<T> => send('POST', url, body, key)

/** Returns the body of the answer. @throws Error for any status but 2xx. */
export async function send<T>(method: 'POST' | 'PUT', url: string, body: object, key?: string): Promise<T> {
  const reply = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}: ${text.slice(0, 200)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
