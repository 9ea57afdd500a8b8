import { useIsSpeaking } from '@livekit/components-react'
import { useState } from 'react'
import { CameraIcon, CameraOffIcon, HandIcon, MicIcon, MicOffIcon } from '../ui/icons.tsx'
import { initials } from '../ui/initials.ts'
import { refusalWords } from '../api/problem-messages.ts'
import type { Person } from '../meeting/selection/track-selector.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { muteEverywhere, removePerson } from './moderation.ts'
import { Panel } from '../ui/Panel.tsx'
import type { TrackRef } from '../meeting/selection/connection-view.ts'

type Props = { room: string; view: MeetingView; onClose: () => void }

export function PeoplePanel({ room, view, onClose }: Props) {
  const { people, answer } = view
  const [fault, setFault] = useState<string>()
  const asHost = answer.role === 'host'
  const act = async (job: ReturnType<typeof removePerson>) => {
    const done = await job
    setFault(done.ok ? undefined : refusalWords(done.refusal.code).what)
  }
  return (
    <Panel title={`People (${people.length})`} onClose={onClose}>
      {fault !== undefined && (
        <p className="notice bad" role="alert">
          {fault}
        </p>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or a keyboard cannot scroll it */}
      <ul className="people" aria-label="People in the meeting" tabIndex={0}>
        {people.map((person) => (
          <PersonRow
            key={person.identity}
            person={person}
            handUp={view.hands.has(person.identity)}
            asHost={asHost && !person.isLocal}
            onMute={(ref) => void act(muteEverywhere(room, answer.rejoinTicket, ref))}
            onRemove={() => void act(removePerson(room, answer.rejoinTicket, person.identity))}
          />
        ))}
      </ul>
    </Panel>
  )
}

type RowProps = {
  person: Person<TrackRef>
  handUp: boolean
  asHost: boolean
  onMute: (ref: TrackRef) => void
  onRemove: () => void
}

function PersonRow({ person, handUp, asHost, onMute, onRemove }: RowProps) {
  const { name, isLocal, isHost, microphone, camera } = person
  const [sure, setSure] = useState(false)
  const speaking = useIsSpeaking(person.ref.participant)
  const heard = microphone !== undefined && !microphone.muted
  const seen = camera !== undefined && !camera.muted
  return (
    <li className="person" data-identity={person.identity}>
      <span className="avatar small" data-speaking={speaking} aria-hidden="true">
        {initials(name)}
      </span>
      <span className="person-name">
        <span>
          {name}
          {handUp && (
            <span className="person-hand">
              <HandIcon />
              <span className="visually-hidden">Hand raised</span>
            </span>
          )}
        </span>
        <span className="person-note">{[isLocal && 'you', isHost && 'host'].filter(Boolean).join(', ')}</span>
      </span>
      <span className={heard ? 'person-state' : 'person-state off'}>
        {heard ? <MicIcon /> : <MicOffIcon />}
        <span className="visually-hidden">{heard ? 'Microphone on' : 'Microphone off'}</span>
      </span>
      <span className={seen ? 'person-state' : 'person-state off'}>
        {seen ? <CameraIcon /> : <CameraOffIcon />}
        <span className="visually-hidden">{seen ? 'Camera on' : 'Camera off'}</span>
      </span>
      {asHost && (
        <span className="person-actions">
          {heard && (
            <button type="button" className="button small" onClick={() => onMute(microphone.ref)}>
              Mute<span className="visually-hidden"> {name}</span>
            </button>
          )}
          <button
            type="button"
            className={sure ? 'button small danger' : 'button small'}
            onBlur={() => setSure(false)}
            onClick={() => (sure ? onRemove() : setSure(true))}
          >
            {sure ? 'Really remove?' : 'Remove'}
            <span className="visually-hidden"> {name}</span>
          </button>
        </span>
      )}
    </li>
  )
}
