import type { MessageDescriptor } from '@lingui/core'
import { useParticipantTile } from '@livekit/components-react'
import { Hand, MicOff, MonitorUp, Shield } from 'lucide-react'
import { memo } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import type { Person, SelectedTrack } from '../meeting/selection/track-selector.ts'
import { spokenName } from '../meeting/messages/senders.ts'
import { Avatar } from '../ui/elements/Avatar.tsx'
import { NameTag } from '../ui/names/NameTag.tsx'
import textStyles from '../ui/text.module.css'
import { ConnectionQualityLabel } from './ConnectionQuality.tsx'
import { text } from './messages.ts'
import { OwnVideo } from './OwnVideo.tsx'
import { PinButton } from './PinButton.tsx'
import styles from './tile.module.css'
import { VideoLayers, type OnFrame } from './VideoLayers.tsx'

type Props = {
  person: Person<TrackRef>
  source: 'camera' | 'screen_share'
  /** The track that the selector chose for this tile; undefined: nothing is sent. */
  selected: SelectedTrack<TrackRef> | undefined
  ownCamera?: MediaStreamTrack | undefined
  pinned?: boolean
  onPin?: ((identity: string | undefined) => void) | undefined
  handUp?: boolean
  onFrame: OnFrame
  /** Our own small picture over the others. */
  floating?: boolean
}

/** One camera or screen on the stage, with its name and state. */
export const Tile = memo(function Tile({
  person,
  source,
  selected,
  pinned = false,
  onPin,
  handUp = false,
  onFrame,
  ownCamera,
  floating = false,
}: Props) {
  const t = useTranslate()
  const isShare = source === 'screen_share'
  const { elementProps } = useParticipantTile<HTMLDivElement>({
    trackRef: selected?.ref ?? person.ref,
    disableSpeakingIndicator: isShare,
    htmlProps: {},
  })
  const title = titleOf(person, isShare, t)
  const spoken = titleOf({ ...person, name: spokenName(person) }, isShare, t)
  const muted = !person.microphone || person.microphone.muted
  const isOwnCamera = person.isLocal && !isShare
  // Our own picture needs no connection. A connection that is gone has no picture.
  const hasVideo = isOwnCamera
    ? ownCamera !== undefined
    : selected !== undefined && !selected.muted && !selected.dead
  return (
    <div
      {...elementProps}
      className={styles.tile}
      role="group"
      aria-label={spoken}
      data-testid="tile"
      data-floating={floating}
      data-identity={person.identity}
      data-source={source}
      data-epoch={selected?.epoch ?? person.epoch}
      data-video={hasVideo}
      data-delivers={selected?.delivers ?? false}
      data-muted={muted}
      data-hand={handUp}
    >
      {!isShare && (
        <div className={styles.rest}>
          <Avatar name={person.name} className={styles.avatar} />
        </div>
      )}
      {isOwnCamera ? (
        <OwnVideo track={ownCamera} />
      ) : (
        hasVideo && selected && <VideoLayers selected={selected} title={spoken} onFrame={onFrame} />
      )}
      {handUp && !isShare && (
        <span className={styles.hand}>
          <Hand />
          <span className={textStyles.visuallyHidden}>{t(text.handRaised)}</span>
        </span>
      )}
      <div className={styles.foot}>
        <span className={styles.name}>
          {isShare ? <MonitorUp /> : muted && <MicOff />}
          {!isShare && muted && <span className={textStyles.visuallyHidden}>{t(text.muted)}</span>}
          <span className={styles.nameText}>{floating ? t(text.you) : title}</span>
          {person.tag !== undefined && !floating && <NameTag tag={person.tag} />}
          {person.isHost && !isShare && (
            <>
              <Shield />
              <span className={textStyles.visuallyHidden}>{t(text.host)}</span>
            </>
          )}
        </span>
        {!isShare && <ConnectionQualityLabel participant={person.ref.participant} />}
      </div>
      {onPin && (
        <PinButton
          title={spoken}
          pinned={pinned}
          onClick={() => onPin(pinned ? undefined : person.identity)}
        />
      )}
    </div>
  )
})

function titleOf(
  { name, isLocal }: Pick<Person<unknown>, 'name' | 'isLocal'>,
  isShare: boolean,
  t: (message: MessageDescriptor) => string,
): string {
  if (isShare) return t(isLocal ? text.yourScreen : text.screenOf(name))
  return isLocal ? t(text.yourName(name)) : name
}
