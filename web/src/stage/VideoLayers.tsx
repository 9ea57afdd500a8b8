import { useEffect, useEffectEvent, useRef } from 'react'
import type { SelectedTrack, TrackLayer } from '../meeting/selection/track-selector.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'

/** One more frame of this track was shown; `enough`: there is nothing better to wait for. */
export type OnFrame = (trackSid: string, enough: boolean) => void

const canCount = 'requestVideoFrameCallback' in HTMLVideoElement.prototype

type Props = { feed: SelectedTrack<TrackRef>; title: string; onFrame: OnFrame }

/**
 * A feed that changes its slot keeps its place: the newer picture decodes behind the older one and comes to the
 * front when the selector says so. A standby's picture lies there too and waits.
 */
export function Picture({ feed, title, onFrame }: Props) {
  // In one order whichever is in front: an element that is moved shows nothing for a moment.
  const layers = [feed, ...feed.behind].toSorted((a, b) => a.connectionId - b.connectionId)
  return layers.map((layer) => (
    <PictureLayer
      key={`${layer.connectionId}/${layer.ref.publication?.trackSid}`}
      layer={layer}
      identity={feed.identity}
      source={feed.source}
      title={layer === feed ? title : undefined}
      urgent={feed.urgent}
      onFrame={onFrame}
    />
  ))
}

type LayerProps = {
  layer: TrackLayer<TrackRef>
  identity: string
  source: string
  /** Undefined: behind. */
  title: string | undefined
  urgent: boolean
  onFrame: OnFrame
}

function PictureLayer({ layer, identity, source, title, urgent, onFrame }: LayerProps) {
  const { ref, delivers, epoch } = layer
  const video = useRef<HTMLVideoElement>(null)
  const sid = ref.publication?.trackSid
  const { track } = ref
  const seen = useEffectEvent(() => {
    if (sid !== undefined) onFrame(sid, urgent || !canCount)
  })
  useEffect(() => {
    const { current } = video
    if (!track || !current) return undefined
    track.attach(current)
    return () => void track.detach(current)
  }, [track])
  // Counted until there are enough; then each frame would cost for nothing.
  useEffect(() => {
    const { current } = video
    if (!current || delivers || !canCount) return undefined
    const next = () => {
      seen()
      handle = current.requestVideoFrameCallback(next)
    }
    let handle = current.requestVideoFrameCallback(next)
    return () => current.cancelVideoFrameCallback(handle)
  }, [delivers])
  const front = title !== undefined
  return (
    <video
      ref={video}
      className={front ? 'picture front' : 'picture'}
      data-identity={identity}
      data-source={source}
      data-epoch={epoch}
      aria-label={title}
      aria-hidden={!front}
      autoPlay
      playsInline
      muted
      onLoadedData={seen}
    />
  )
}
