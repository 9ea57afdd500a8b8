import type { NodeAccess } from '@levee/control-plane/contract'
import { rejoinRoom, type Answer } from '../api/client.ts'
import { httpUrl } from '../meeting/connections/http-url.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'

type Verb = 'MutePublishedTrack' | 'RemoveParticipant'

/**
 * The actions of a host on other participants. The client calls the API of the node directly, with a fresh token of this
 * host: that works while the control plane is busy, and the control plane needs no rights in a meeting.
 */
export async function muteEverywhere(code: string, ticket: string, target: TrackRef): Promise<Answer<void>> {
  const identity = target.participant.identity
  const trackSid = target.publication?.trackSid
  return onNode(code, ticket, 'MutePublishedTrack', { identity, track_sid: trackSid, muted: true })
}

export async function removePerson(code: string, ticket: string, identity: string): Promise<Answer<void>> {
  return onNode(code, ticket, 'RemoveParticipant', { identity })
}

async function onNode(
  code: string,
  ticket: string,
  verb: Verb,
  body: Record<string, unknown>,
): Promise<Answer<void>> {
  const fresh = await rejoinRoom(code, ticket)
  if (!fresh.ok) return fresh
  // Also on the standby, which the person has joined in advance and could come back from.
  if (fresh.value.standby && verb === 'RemoveParticipant') void callNode(fresh.value.standby, verb, body)
  return callNode(fresh.value, verb, body)
}

async function callNode(
  access: NodeAccess,
  verb: Verb,
  body: Record<string, unknown>,
): Promise<Answer<void>> {
  try {
    const response = await fetch(`${httpUrl(access.serverUrl)}/twirp/livekit.RoomService/${verb}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.participantToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ room: access.roomName, ...body }),
    })
    if (response.ok) return { ok: true, value: undefined }
    return { ok: false, refusal: { code: 'unexpected', status: response.status } }
  } catch {
    return { ok: false, refusal: { code: 'unreachable' } }
  }
}
