import type { RoomView } from '@levee/control-plane/contract'
import { Activity, useCallback, useEffect, useState } from 'react'
import { joinRoom, viewRoom } from '../api/client.ts'
import type { PageProps } from '../routes.ts'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { refusalWords } from '../api/problem-messages.ts'
import { DeadLink } from './InvalidLink.tsx'
import { takeHostKey } from './host-key.ts'
import { PreJoin } from './PreJoin.tsx'
import type { HandedOver } from '../devices/preview.ts'
import { usePrepared } from './preload-meeting.ts'
import { useSiteTimes } from '../sites/use-round-trips.ts'
import './join.css'

type Stage = 'door' | 'joining' | 'meeting'
type Lookup = { room?: RoomView; refusal?: ShownRefusal }

/** `/m/:room`: from the link to the meeting, on one address. */
export function JoinPage({ params }: PageProps) {
  const room = params['room'] ?? ''
  const [hostKey, setHostKey] = useState(() => takeHostKey(room))
  const [lookup, setLookup] = useState<Lookup>({})
  const [stage, setStage] = useState<Stage>('door')
  const [refusal, setRefusal] = useState<ShownRefusal>()
  // The meeting's code comes while the person types; what pre-join needs has the line first.
  const { prepared, get: getPrepared, renew } = usePrepared(room)

  const look = useCallback(async () => {
    const answer = await viewRoom(room)
    setLookup(answer.ok ? { room: answer.value } : { refusal: answer.refusal })
  }, [room])
  useEffect(() => void look(), [look])

  // After the meeting's code: on a thin line the two would make each other slow, and the round trips wrong.
  const readMeasured = useSiteTimes(lookup.room?.sites, prepared !== undefined && stage !== 'meeting')

  const title = lookup.room?.title || 'Meeting'
  useEffect(() => {
    document.title = `${title} · Levee`
  }, [title])

  const join = useCallback(
    async (name: string, handOver: () => HandedOver) => {
      setStage('joining')
      const { nearest } = readMeasured()
      const [answer, ready] = await Promise.all([
        joinRoom(room, {
          name,
          ...(hostKey === undefined ? {} : { hostKey }),
          ...(nearest === undefined ? {} : { site: nearest }),
        }),
        getPrepared(),
      ])
      if (!answer.ok) {
        setRefusal(answer.refusal)
        setStage('door')
      } else if (!ready) {
        // The new page brings its own parts, and remembers the name.
        location.reload()
      } else {
        setRefusal(undefined)
        // First the connection, then the page: drawing is done while the socket opens.
        ready.meeting.begin(answer.value, handOver(), readMeasured())
        setStage('meeting')
      }
    },
    [room, hostKey, getPrepared, readMeasured],
  )

  if (stage !== 'meeting' && lookup.refusal && refusalWords(lookup.refusal.code).retry === 'never')
    return <DeadLink refusal={lookup.refusal} />
  return (
    <>
      {stage !== 'meeting' && (
        <PreJoin
          title={title}
          ready={lookup.room !== undefined}
          asHost={hostKey !== undefined}
          joining={stage === 'joining'}
          refusal={refusal ?? lookup.refusal}
          onRetryLookup={refusal ? undefined : look}
          onJoinAsGuest={() => {
            setHostKey(undefined)
            setRefusal(undefined)
          }}
          onJoin={join}
        />
      )}
      {prepared && (
        // Drawn out of sight while the person types: at the click it only has to be shown.
        <Activity mode={stage === 'meeting' ? 'visible' : 'hidden'} key={prepared.meeting.id}>
          <prepared.MeetingPage
            room={room}
            hostKey={hostKey}
            meeting={prepared.meeting}
            onBack={(why) => {
              setRefusal(why)
              setStage('door')
              renew()
            }}
          />
        </Activity>
      )}
    </>
  )
}
