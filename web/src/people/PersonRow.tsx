import { useIsSpeaking } from '@livekit/components-react'
import { Hand, Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import type { Person } from '../meeting/selection/track-selector.ts'
import { spokenName } from '../meeting/messages/senders.ts'
import { Avatar } from '../ui/elements/Avatar.tsx'
import { Button } from '../ui/elements/Button.tsx'
import { HostChip } from '../ui/elements/HostChip.tsx'
import { NameTag } from '../ui/names/NameTag.tsx'
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
  const spoken = spokenName(person)
  const [asked, setAsked] = useState(false)
  const speaking = useIsSpeaking(person.ref.participant)
  const microphoneOn = microphone !== undefined && !microphone.muted
  const cameraOn = camera !== undefined && !camera.muted
  return (
    <li className={styles.person} data-identity={person.identity}>
      <Avatar name={name} speaking={speaking} className={styles.avatar} />
      <span className={styles.name}>
        <span className={styles.line}>
          <span title={name}>{name}</span>
          {person.tag !== undefined && <NameTag tag={person.tag} />}
          {person.isHost && <HostChip small />}
          {handUp && (
            <span className={styles.hand}>
              <Hand />
              <span className={textStyles.visuallyHidden}>{t(text.handRaised)}</span>
            </span>
          )}
        </span>
        {person.isLocal && <span className={styles.note}>{t(text.you)}</span>}
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
            <Button
              size="small"
              aria-label={t(text.mutePerson(spoken))}
              onClick={() => onMute(microphone.ref)}
            >
              {t(text.mute)}
            </Button>
          )}
          <Button
            size="small"
            look={asked ? 'danger' : undefined}
            aria-label={t(asked ? text.confirmRemovalOf(spoken) : text.removePerson(spoken))}
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
