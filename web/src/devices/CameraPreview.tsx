import { useEffect, useRef } from 'react'
import { CameraIcon, CameraOffIcon, MicIcon, MicOffIcon, PeopleIcon } from '../ui/icons.tsx'
import { initials } from '../ui/initials.ts'
import { isMirrored } from './mirrored.ts'
import { MicLevel } from './MicLevel.tsx'
import { faultWords } from './permission-messages.ts'
import type { Capture, Kind, Preview, PreviewView } from './preview.ts'

type Props = {
  preview: Preview
  view: PreviewView
  name: string
  /** Joining: the picture stands still for that moment, its drawing would take CPU from the connection. */
  still: boolean
  onSilent: (silent: boolean) => void
}

/** The large picture of oneself, with the two toggles on it. */
export function CameraStage({ preview, view, name, still, onSilent }: Props) {
  const { camera, microphone } = view
  return (
    <div className="camera-stage" data-camera={camera.status} data-microphone={microphone.status}>
      {camera.status === 'on' ? (
        <SelfPicture track={camera.track} still={still} />
      ) : (
        <div className="camera-empty">
          <div className="avatar large" aria-hidden="true">
            {name.trim() ? initials(name) : <PeopleIcon />}
          </div>
          <p>{emptyWords(camera)}</p>
        </div>
      )}
      {microphone.status === 'on' && <MicLevel track={microphone.track} onSilent={onSilent} />}
      <div className="stage-toggles">
        <Toggle kind="microphone" capture={microphone} preview={preview} />
        <Toggle kind="camera" capture={camera} preview={preview} />
      </div>
    </div>
  )
}

function emptyWords(camera: Capture): string {
  if (camera.status === 'asking')
    return 'Your browser is asking for your camera and microphone. Choose “Allow”.'
  if (camera.status === 'fault') return faultWords(camera.fault, 'camera').what
  return 'Your camera is off'
}

function SelfPicture({ track, still }: { track: MediaStreamTrack; still: boolean }) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = new MediaStream([track])
  }, [track])
  useEffect(() => {
    if (still) video.current?.pause()
    else void video.current?.play().catch(() => undefined)
  }, [still])
  return (
    <video
      ref={video}
      className={isMirrored(track) ? 'mirrored' : undefined}
      aria-label="Your camera"
      autoPlay
      playsInline
      muted
    />
  )
}

function Toggle({ kind, capture, preview }: { kind: Kind; capture: Capture; preview: Preview }) {
  const on = capture.status === 'on'
  const [On, Off] = kind === 'microphone' ? [MicIcon, MicOffIcon] : [CameraIcon, CameraOffIcon]
  const thing = kind === 'microphone' ? 'Microphone' : 'Camera'
  return (
    <button
      type="button"
      className="stage-toggle"
      data-state={capture.status}
      aria-pressed={on}
      aria-label={thing}
      title={on ? `Turn ${thing.toLowerCase()} off` : `Turn ${thing.toLowerCase()} on`}
      onClick={() => preview.toggle(kind)}
    >
      {on ? <On /> : <Off />}
      {/* A part of the name, so that a voice command finds it; on or off shows in icon and colour. */}
      <span>{thing}</span>
    </button>
  )
}
