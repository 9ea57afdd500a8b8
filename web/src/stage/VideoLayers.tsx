import { useEffect, useEffectEvent, useRef } from 'react'
import type { SelectedTrack, TrackLayer } from '../meeting/selection/track-selector.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import styles from './tile.module.css'

/** Another frame of this track was shown. `enough`: the track counts as shown now, without waiting for more frames. */
export type OnFrame = (trackSid: string, enough: boolean) => void

const canCount = 'requestVideoFrameCallback' in HTMLVideoElement.prototype

type Props = { selected: SelectedTrack<TrackRef>; title: string; onFrame: OnFrame }

/**
 * The video of one track, once per connection that carries it, on top of each other. The picture of a newer
 * connection decodes behind the current one and comes to the front when the selector picks it; that of a standby
 * waits there.
 */
export function VideoLayers({ selected, title, onFrame }: Props) {
  // The order never depends on which layer is in front: a video element that moves in the document is blank for a moment.
  const layers = [selected, ...selected.behind].toSorted((a, b) => a.connectionId - b.connectionId)
  return layers.map((layer) => (
    <VideoLayer
      key={`${layer.connectionId}/${layer.ref.publication?.trackSid}`}
      layer={layer}
      identity={selected.identity}
      source={selected.source}
      title={layer === selected ? title : undefined}
      urgent={selected.urgent}
      onFrame={onFrame}
    />
  ))
}

type LayerProps = {
  layer: TrackLayer<TrackRef>
  identity: string
  source: string
  /** Name of the picture; undefined for a layer behind. */
  title: string | undefined
  urgent: boolean
  onFrame: OnFrame
}

function VideoLayer({ layer, identity, source, title, urgent, onFrame }: LayerProps) {
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
  // Frames are only counted until there are enough.
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
      className={styles.video}
      data-front={front}
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
