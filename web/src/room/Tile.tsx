import {
  isTrackReference,
  useConnectionQualityIndicator,
  useParticipantTile,
  VideoTrack,
} from '@livekit/components-react'
import { ConnectionQuality } from 'livekit-client'
import { memo, useEffect, useRef } from 'react'
import { isMirrored } from '../join/mirrored.ts'
import { MicOffIcon, ShareIcon } from '../ui/icons.tsx'
import { initials } from '../ui/initials.ts'
import type { Feed, Person } from './feeds.ts'
import type { Ref } from './slot.ts'

type Props = {
  person: Person<Ref>
  source: 'camera' | 'screen_share'
  feed: Feed<Ref> | undefined
  ownCamera?: MediaStreamTrack | undefined
  pinned?: boolean
  onPin?: ((identity: string | undefined) => void) | undefined
  onDecoded: (trackSid: string) => void
  /** Our own small picture over the others. */
  floating?: boolean
}

export const Tile = memo(function Tile({
  person,
  source,
  feed,
  pinned,
  onPin,
  onDecoded,
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
  const { quality } = useConnectionQualityIndicator({ participant: person.ref.participant })
  const name = person.isLocal ? `${person.name} (you)` : person.name
  const title = isShare ? `${person.isLocal ? 'Your' : `${person.name}’s`} screen` : name
  const muted = !person.microphone || person.microphone.muted
  const shows = feed !== undefined && !feed.muted
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
    >
      {!isShare && (
        <div className="tile-rest" aria-hidden="true">
          <span className="avatar">{initials(person.name)}</span>
        </div>
      )}
      {person.isLocal && !isShare ? (
        <OwnPicture
          track={shows ? feed.ref.publication?.track?.mediaStreamTrack : feed ? undefined : ownCamera}
        />
      ) : (
        shows && <Picture feed={feed} title={title} onDecoded={onDecoded} />
      )}
      <div className="tile-foot">
        <span className="tile-name">
          {isShare ? <ShareIcon /> : muted && <MicOffIcon />}
          {!isShare && muted && <span className="visually-hidden">Muted:</span>}
          <span className="tile-name-text">{floating ? 'You' : title}</span>
        </span>
        {!isShare && (quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost) && (
          <span className="tile-quality">
            {quality === ConnectionQuality.Lost ? 'Line lost' : 'Weak line'}
          </span>
        )}
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

/**
 * A feed that changes its epoch keeps its place: the newer picture decodes behind the older one and
 * comes to the front when the selector says so.
 */
function Picture({
  feed,
  title,
  onDecoded,
}: {
  feed: Feed<Ref>
  title: string
  onDecoded: (sid: string) => void
}) {
  const layers = [...(feed.next ? [{ ...feed.next, front: false }] : []), { ...feed, front: true }]
  return layers.map(({ epoch, ref, front }) => {
    if (!isTrackReference(ref)) return null
    const { trackSid } = ref.publication
    return (
      <VideoTrack
        key={epoch}
        trackRef={ref}
        className={front ? 'picture front' : 'picture'}
        aria-label={front ? title : undefined}
        aria-hidden={!front}
        onLoadedData={() => onDecoded(trackSid)}
      />
    )
  })
}

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
