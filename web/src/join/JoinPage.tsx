import type { RoomView } from '@levee/control-plane/contract'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { joinRoom, viewRoom } from '../control-plane.ts'
import type { PageProps } from '../routes.ts'
import { Brand, Waiting } from '../ui/Page.tsx'
import type { ShownRefusal } from '../ui/RefusalNotice.tsx'
import { refusalWords } from '../ui/refusals.ts'
import { takeHostKey } from './host-key.ts'
import type { Meeting } from '../room/meeting.ts'
import { PreJoin } from './PreJoin.tsx'
import type { HandedOver } from './preview.ts'
import './join.css'

const loadMeeting = () => import('../room/MeetingPage.tsx')
const MeetingPage = lazy(async () => ({ default: (await loadMeeting()).MeetingPage }))

type Stage = { at: 'door' } | { at: 'joining' } | { at: 'meeting'; meeting: Meeting }
type Lookup = { room?: RoomView; refusal?: ShownRefusal }

/** `/m/:room`: from the link to the meeting, on one address. */
export function JoinPage({ params }: PageProps) {
  const room = params['room'] ?? ''
  const [hostKey, setHostKey] = useState(() => takeHostKey(room))
  const [lookup, setLookup] = useState<Lookup>({})
  const [stage, setStage] = useState<Stage>({ at: 'door' })
  const [refusal, setRefusal] = useState<ShownRefusal>()

  const look = useCallback(async () => {
    const answer = await viewRoom(room)
    setLookup(answer.ok ? { room: answer.value } : { refusal: answer.refusal })
  }, [room])
  useEffect(() => void look(), [look])

  // The meeting's code comes while the person types; what pre-join needs has the line first.
  useEffect(
    () =>
      whenIdle(
        () =>
          void loadMeeting().then(
            ({ warmUp }) => warmUp(),
            () => undefined,
          ),
      ),
    [],
  )

  const title = lookup.room?.title || 'Meeting'
  useEffect(() => {
    document.title = `${title} · Levee`
  }, [title])

  const join = useCallback(
    async (name: string, handOver: () => HandedOver) => {
      setStage({ at: 'joining' })
      const [answer, code] = await Promise.all([
        joinRoom(room, { name, ...(hostKey === undefined ? {} : { hostKey }) }),
        loadMeeting().catch(() => undefined),
      ])
      if (answer.ok && !code) {
        // The service was updated under this page, so its parts are gone; the new page brings its own.
        location.reload()
      } else if (answer.ok && code) {
        setRefusal(undefined)
        // The connection is opened before the page is drawn: drawing takes time that the network can use.
        setStage({ at: 'meeting', meeting: code.enter(room, answer.value, handOver()) })
      } else if (!answer.ok) {
        setRefusal(answer.refusal)
        setStage({ at: 'door' })
      }
    },
    [room, hostKey],
  )

  if (stage.at === 'meeting') {
    return (
      <Suspense fallback={<Waiting what="Joining" />}>
        <MeetingPage
          room={room}
          hostKey={hostKey}
          meeting={stage.meeting}
          onBack={(why) => {
            setRefusal(why)
            setStage({ at: 'door' })
          }}
        />
      </Suspense>
    )
  }
  if (lookup.refusal && refusalWords(lookup.refusal.code).retry === 'never') {
    return <DeadLink refusal={lookup.refusal} />
  }
  return (
    <PreJoin
      title={title}
      ready={lookup.room !== undefined}
      asHost={hostKey !== undefined}
      joining={stage.at === 'joining'}
      refusal={refusal ?? lookup.refusal}
      onRetryLookup={refusal ? undefined : look}
      onJoinAsGuest={() => {
        setHostKey(undefined)
        setRefusal(undefined)
      }}
      onJoin={join}
    />
  )
}

function DeadLink({ refusal }: { refusal: ShownRefusal }) {
  const { what, todo } = refusalWords(refusal.code)
  return (
    <div className="page">
      <header className="page-head">
        <Brand />
      </header>
      <main className="centre">
        <div className="dead-link" role="alert" data-refusal={refusal.code}>
          <h1>{what}</h1>
          <p>{todo}</p>
          {refusal.requestId !== undefined && <p className="mono">Reference {refusal.requestId}</p>}
        </div>
        <a className="button" href="/">
          Start a meeting of your own
        </a>
      </main>
    </div>
  )
}

function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const handle = requestIdleCallback(work, { timeout: 2_000 })
    return () => cancelIdleCallback(handle)
  }
  const handle = setTimeout(work, 500)
  return () => clearTimeout(handle)
}
