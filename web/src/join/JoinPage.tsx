import type { RoomView } from '@levee/control-plane/contract'
import { Activity, useCallback, useEffect, useState } from 'react'
import { joinRoom, viewRoom } from '../api/client.ts'
import { problemMessages } from '../api/problem-messages.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import type { HandedOver } from '../devices/kinds.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { useRoundTrips } from '../sites/use-round-trips.ts'
import { takeHostKey } from './host-key.ts'
import { InvalidLink } from './InvalidLink.tsx'
import { text } from './messages.ts'
import { PreJoin } from './PreJoin.tsx'
import { usePreloadedMeeting } from './preload-meeting.ts'

type Stage = 'pre-join' | 'joining' | 'meeting'
type Lookup = { room?: RoomView; problem?: ShownProblem }

/** The page at `/m/:room`: first the form to join, then the meeting. */
export function JoinPage({ params }: { params: Readonly<Record<string, string>> }) {
  const t = useTranslate()
  const room = params['room'] ?? ''
  const [hostKey, setHostKey] = useState(() => takeHostKey(room))
  const [lookup, setLookup] = useState<Lookup>({})
  const [stage, setStage] = useState<Stage>('pre-join')
  const [problem, setProblem] = useState<ShownProblem>()
  // The code of the meeting loads while the person types, after everything that this page needs.
  const { preloaded, get: getPreloaded, renew } = usePreloadedMeeting(room)

  const lookUp = useCallback(async () => {
    const answer = await viewRoom(room)
    setLookup(answer.ok ? { room: answer.value } : { problem: answer.refusal })
  }, [room])
  useEffect(() => void lookUp(), [lookUp])

  // Measured after the code of the meeting has loaded: at the same time, on a slow connection, the times would be wrong.
  const readRoundTrips = useRoundTrips(lookup.room?.sites, preloaded !== undefined && stage !== 'meeting')

  const title = lookup.room?.title || t(text.untitled)
  const pageTitle = t(text.pageTitle(title))
  useEffect(() => {
    document.title = pageTitle
  }, [pageTitle])

  const join = useCallback(
    async (name: string, handOver: () => HandedOver) => {
      setStage('joining')
      const { nearest } = readRoundTrips()
      const [answer, meetingPage] = await Promise.all([
        joinRoom(room, {
          name,
          ...(hostKey === undefined ? {} : { hostKey }),
          ...(nearest === undefined ? {} : { site: nearest }),
        }),
        getPreloaded(),
      ])
      if (!answer.ok) {
        setProblem(answer.refusal)
        setStage('pre-join')
      } else if (!meetingPage) {
        // The client was updated in the meantime: the new page loads its own parts and remembers the name.
        location.reload()
      } else {
        setProblem(undefined)
        // The connection is started before the page is shown, which is rendered while the socket opens.
        meetingPage.meeting.begin(answer.value, handOver(), readRoundTrips())
        setStage('meeting')
      }
    },
    [room, hostKey, getPreloaded, readRoundTrips],
  )

  if (stage !== 'meeting' && lookup.problem && problemMessages(lookup.problem.code).retry === 'never')
    return <InvalidLink problem={lookup.problem} />
  return (
    <>
      {stage !== 'meeting' && (
        <PreJoin
          title={title}
          ready={lookup.room !== undefined}
          asHost={hostKey !== undefined}
          joining={stage === 'joining'}
          problem={problem ?? lookup.problem}
          onRetryLookup={problem ? undefined : lookUp}
          onJoinAsGuest={() => {
            setHostKey(undefined)
            setProblem(undefined)
          }}
          onJoin={join}
        />
      )}
      {preloaded && (
        // Rendered hidden while the person types: at the click it only has to be shown.
        <Activity mode={stage === 'meeting' ? 'visible' : 'hidden'} key={preloaded.meeting.id}>
          <preloaded.MeetingPage
            room={room}
            hostKey={hostKey}
            meeting={preloaded.meeting}
            onBack={(why) => {
              setProblem(why)
              setStage('pre-join')
              renew()
            }}
          />
        </Activity>
      )}
    </>
  )
}
