import { useSpeakingParticipants } from '@livekit/components-react'
import { useEffect, useState } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import type { Person } from '../meeting/selection/track-selector.ts'
import { text } from './messages.ts'
import styles from './stage.module.css'
import { Tile } from './Tile.tsx'
import type { OnFrame } from './VideoLayers.tsx'

type Props = {
  people: readonly Person<TrackRef>[]
  view: MeetingView
  shareOwner: string | undefined
  pinned: string | undefined
  onPin: (identity: string | undefined) => void
  onFrame: OnFrame
}

/** One large picture: a shared screen, the pinned person, or the last speaker. The others are in a strip. */
export function Speaker({ people, view, shareOwner, pinned, onPin, onFrame }: Props) {
  const t = useTranslate()
  const speaking = useLastSpeaker(people)
  const sharer = view.people.find(({ identity }) => identity === shareOwner)
  const share = sharer?.share && { person: sharer, selected: sharer.share }
  const main =
    people.find(({ identity }) => identity === (pinned ?? speaking)) ??
    people.find(({ isLocal }) => !isLocal) ??
    people[0]
  const strip = share ? people : people.filter((person) => person !== main)
  const cameraOf = (person: Person<TrackRef>) => ({
    person,
    source: 'camera' as const,
    selected: person.camera,
    ownCamera: person.isLocal ? view.ownCamera : undefined,
    handUp: view.hands.has(person.identity),
    onFrame,
  })
  return (
    <div className={styles.speaker} data-strip={strip.length > 0}>
      <div className={styles.main}>
        {share ? (
          <Tile key="share" {...share} source="screen_share" onFrame={onFrame} />
        ) : (
          main && (
            <Tile key={main.identity} {...cameraOf(main)} pinned={pinned === main.identity} onPin={onPin} />
          )
        )}
      </div>
      {strip.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or a keyboard cannot scroll it
        <div className={styles.strip} role="group" aria-label={t(text.everyoneElse)} tabIndex={0}>
          {strip.map((person) => (
            <Tile key={person.identity} {...cameraOf(person)} onPin={share ? undefined : onPin} />
          ))}
        </div>
      )}
    </div>
  )
}

/** The last person who spoke, except ourselves: the large picture must not change in a pause. */
function useLastSpeaker(people: readonly Person<TrackRef>[]): string | undefined {
  const speaking = useSpeakingParticipants()
  const [last, setLast] = useState<string>()
  const loudest = speaking.find(({ isLocal }) => !isLocal)?.identity
  useEffect(() => {
    if (loudest !== undefined) setLast(loudest)
  }, [loudest])
  return people.some(({ identity }) => identity === last) ? last : undefined
}
