import { useParticipantTile } from '@livekit/components-react'
import { memo, useEffect, useRef } from 'react'
import { isMirrored } from '../devices/mirrored.ts'
import { HandIcon, MicOffIcon, ShareIcon } from '../ui/icons.tsx'
import { initials } from '../ui/initials.ts'
import type { SelectedTrack, Person } from '../meeting/selection/track-selector.ts'
import { LineQuality } from './ConnectionQuality.tsx'
import { Picture, type OnFrame } from './VideoLayers.tsx'
import type { TrackRef } from '../meeting/selection/connection-view.ts'

export type { OnFrame } from './VideoLayers.tsx'

type Props = {
  person: Person<TrackRef>
  source: 'camera' | 'screen_share'
  feed: SelectedTrack<TrackRef> | undefined
  ownCamera?: MediaStreamTrack | undefined
  pinned?: boolean
  onPin?: ((identity: string | undefined) => void) | undefined
  handUp?: boolean
  onFrame: OnFrame
  /** Our own small picture over the others. */
  floating?: boolean
}

export const Tile = memo(function Tile({
  person,
  source,
  feed,
  pinned,
  onPin,
  handUp = false,
  onFrame,
  ownCamera,
  floating = false,
}: Props) {
  const isShare = source === 'screen_share'
  const ref = feed?.ref ?? person.ref
  const { elementProps } = useParticipantTile<HTMLDivElement>({
    trackRef: ref,
    disableSpeakingIndicator: isShare,
    htmlProps: {},
  })
  const name = person.isLocal ? `${person.name} (you)` : person.name
  const title = isShare ? `${person.isLocal ? 'Your' : `${person.name}’s`} screen` : name
  const muted = !person.microphone || person.microphone.muted
  const own = person.isLocal && !isShare
  // Our own picture needs no connection; of one that is gone there is nothing to see.
  const shows = own ? ownCamera !== undefined : feed !== undefined && !feed.muted && !feed.dead
  return (
    <div
      {...elementProps}
      className={floating ? 'tile floating' : 'tile'}
      role="group"
      aria-label={title}
      data-identity={person.identity}
      data-source={source}
      data-epoch={feed?.epoch ?? person.epoch}
      data-video={shows}
      data-delivers={feed?.delivers ?? false}
      data-muted={muted}
      data-hand={handUp}
    >
      {!isShare && (
        <div className="tile-rest" aria-hidden="true">
          <span className="avatar">{initials(person.name)}</span>
        </div>
      )}
      {own ? (
        <OwnPicture track={ownCamera} />
      ) : (
        shows && feed && <Picture feed={feed} title={title} onFrame={onFrame} />
      )}
      {handUp && !isShare && (
        <span className="tile-hand">
          <HandIcon />
          <span className="visually-hidden">Hand raised</span>
        </span>
      )}
      <div className="tile-foot">
        <span className="tile-name">
          {isShare ? <ShareIcon /> : muted && <MicOffIcon />}
          {!isShare && muted && <span className="visually-hidden">Muted:</span>}
          <span className="tile-name-text">{floating ? 'You' : title}</span>
        </span>
        {!isShare && <LineQuality participant={person.ref.participant} />}
      </div>
      {onPin && (
        <button
          type="button"
          className="tile-pin"
          data-pinned={pinned ?? false}
          aria-label={`${pinned ? 'Unpin' : 'Pin'} ${title}`}
          title={pinned ? 'Show everybody' : `Show ${title} large`}
          onClick={() => onPin(pinned ? undefined : person.identity)}
        >
          {pinned ? 'Unpin' : 'Pin'}
        </button>
      )}
    </div>
  )
})

/** Our own picture is one element from the preview to the end, so that it never flickers. */
function OwnPicture({ track }: { track: MediaStreamTrack | undefined }) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null
  }, [track])
  return (
    <video
      ref={video}
      className={!track || isMirrored(track) ? 'picture front mirrored' : 'picture front'}
      aria-label="Your camera"
      hidden={!track}
      autoPlay
      playsInline
      muted
    />
  )
}
