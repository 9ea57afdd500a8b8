// The control plane as a browser calls it.
import { check } from 'k6'
import http, { type RefinedResponse } from 'k6/http'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'

const JSON_BODY = { 'content-type': 'application/json' }

/** Gives undefined, and counts a failed check, when the answer is not `status`. */
function post(url: string, body: object, name: string, status: number): unknown {
  // `name` groups requests: room codes are secrets, and a metric per room would be no metric.
  const reply: RefinedResponse<'text'> = http.post(url, JSON.stringify(body), {
    headers: JSON_BODY,
    tags: { name },
    responseType: 'text',
    timeout: '10s',
  })
  const ok = check(reply, { [`${name} answers ${status}`]: (answer) => answer.status === status })
  return ok ? JSON.parse(reply.body) : undefined
}

export const createRoom = (base: string): CreatedRoom | undefined =>
  post(`${base}/v1/rooms`, { title: 'Load test' }, 'create', 201) as CreatedRoom | undefined

export const joinRoom = (base: string, room: string, name: string): JoinAnswer | undefined =>
  post(`${base}/v1/rooms/${room}/join`, { name }, 'join', 200) as JoinAnswer | undefined
