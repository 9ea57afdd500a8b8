import { useIsSpeaking } from '@livekit/components-react'
import { Hand, Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import type { Person } from '../meeting/selection/track-selector.ts'
import { Avatar } from '../ui/elements/Avatar.tsx'
import { Button } from '../ui/elements/Button.tsx'
import textStyles from '../ui/text.module.css'
import { text } from './messages.ts'
import styles from './people.module.css'

type Props = {
  person: Person<TrackRef>
  handUp: boolean
  canModerate: boolean
  onMute: (ref: TrackRef) => void
  onRemove: () => void
}

export function PersonRow({ person, handUp, canModerate, onMute, onRemove }: Props) {
  const t = useTranslate()
  const { name, microphone, camera } = person
  const [asked, setAsked] = useState(false)
  const speaking = useIsSpeaking(person.ref.participant)
  const microphoneOn = microphone !== undefined && !microphone.muted
  const cameraOn = camera !== undefined && !camera.muted
  const note = noteOf(person)
  return (
    <li className={styles.person} data-identity={person.identity}>
      <Avatar name={name} speaking={speaking} className={styles.avatar} />
      <span className={styles.name}>
        <span className={styles.line}>
          <span>{name}</span>
          {handUp && (
            <span className={styles.hand}>
              <Hand />
              <span className={textStyles.visuallyHidden}>{t(text.handRaised)}</span>
            </span>
          )}
        </span>
        {note && <span className={styles.note}>{t(note)}</span>}
      </span>
      <span className={styles.state} data-on={microphoneOn}>
        {microphoneOn ? <Mic /> : <MicOff />}
        <span className={textStyles.visuallyHidden}>
          {t(microphoneOn ? text.microphoneOn : text.microphoneOff)}
        </span>
      </span>
      <span className={styles.state} data-on={cameraOn}>
        {cameraOn ? <Video /> : <VideoOff />}
        <span className={textStyles.visuallyHidden}>{t(cameraOn ? text.cameraOn : text.cameraOff)}</span>
      </span>
      {canModerate && (
        <span className={styles.actions}>
          {microphoneOn && (
            <Button size="small" aria-label={t(text.mutePerson(name))} onClick={() => onMute(microphone.ref)}>
              {t(text.mute)}
            </Button>
          )}
          <Button
            size="small"
            look={asked ? 'danger' : undefined}
            aria-label={t(asked ? text.confirmRemovalOf(name) : text.removePerson(name))}
            onBlur={() => setAsked(false)}
            onClick={() => (asked ? onRemove() : setAsked(true))}
          >
            {t(asked ? text.confirmRemoval : text.remove)}
          </Button>
        </span>
      )}
    </li>
  )
}

function noteOf({ isLocal, isHost }: Person<TrackRef>) {
  if (isLocal) return isHost ? text.youHost : text.you
  return isHost ? text.host : undefined
}
