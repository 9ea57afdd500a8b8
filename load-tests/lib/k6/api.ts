// Requests to the control plane, as a browser sends them.
import { check } from 'k6'
import http, { type RefinedResponse } from 'k6/http'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'

const JSON_BODY = { 'content-type': 'application/json' }

/** Undefined, and a failed check, if the answer does not have this status. */
function post(url: string, body: object, name: string, status: number): unknown {
  // `name` groups requests. Without it metrics would contain room codes, which are secrets, each with its own series.
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
