import type { MessageDescriptor } from '@lingui/core'
import { Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslate } from '../../i18n/use-translate.ts'
import { Avatar } from '../../ui/elements/Avatar.tsx'
import styles from './camera-preview.module.css'
import { text } from '../messages.ts'
import { isMirrored } from '../mirrored.ts'
import { MicLevel } from '../MicLevel.tsx'
import { deviceErrorMessages } from '../permission-messages.ts'
import type { Kind } from '../kinds.ts'
import type { Preview } from './preview.ts'
import type { Capture, PreviewView } from './preview-view.ts'

type Props = {
  preview: Preview
  view: PreviewView
  name: string
  /** While joining, the picture is frozen: drawing it would take CPU from the connection. */
  still: boolean
  onSilent: (silent: boolean) => void
}

/** The large picture of this person's camera, with two toggles on it. */
export function CameraPreview({ preview, view, name, still, onSilent }: Props) {
  const t = useTranslate()
  const { camera, microphone } = view
  return (
    <div className={styles.preview} data-camera={camera.status} data-microphone={microphone.status}>
      {camera.status === 'on' ? (
        <SelfView track={camera.track} still={still} />
      ) : (
        <div className={styles.empty}>
          <Avatar name={name} className={styles.avatar} />
          <p>{t(emptyMessage(camera))}</p>
        </div>
      )}
      {microphone.status === 'on' && (
        <MicLevel track={microphone.track} onSilent={onSilent} className={styles.level} />
      )}
      <div className={styles.toggles}>
        <Toggle kind="microphone" capture={microphone} preview={preview} />
        <Toggle kind="camera" capture={camera} preview={preview} />
      </div>
    </div>
  )
}

function emptyMessage(camera: Capture): MessageDescriptor {
  if (camera.status === 'asking') return text.browserAsks
  if (camera.status === 'error') return deviceErrorMessages(camera.error, 'camera').title
  return text.cameraOff
}

function SelfView({ track, still }: { track: MediaStreamTrack; still: boolean }) {
  const t = useTranslate()
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
      data-mirrored={isMirrored(track)}
      aria-label={t(text.yourCamera)}
      autoPlay
      playsInline
      muted
    />
  )
}

const TOGGLES = {
  microphone: {
    name: text.microphone,
    turnOn: text.turnMicrophoneOn,
    turnOff: text.turnMicrophoneOff,
    on: <Mic />,
    off: <MicOff />,
  },
  camera: {
    name: text.camera,
    turnOn: text.turnCameraOn,
    turnOff: text.turnCameraOff,
    on: <Video />,
    off: <VideoOff />,
  },
}

function Toggle({ kind, capture, preview }: { kind: Kind; capture: Capture; preview: Preview }) {
  const t = useTranslate()
  const toggle = TOGGLES[kind]
  const isOn = capture.status === 'on'
  return (
    <button
      type="button"
      className={styles.toggle}
      data-state={capture.status}
      aria-pressed={isOn}
      // Contains the visible text, so that a voice command finds it; icon and colour show on or off.
      aria-label={t(toggle.name)}
      title={t(isOn ? toggle.turnOff : toggle.turnOn)}
      onClick={() => preview.toggle(kind)}
    >
      {isOn ? toggle.on : toggle.off}
      <span>{t(toggle.name)}</span>
    </button>
  )
}
