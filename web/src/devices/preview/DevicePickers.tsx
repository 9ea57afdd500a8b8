import type { MessageDescriptor } from '@lingui/core'
import { Mic, Video, Volume2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslate } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/elements/Button.tsx'
import textStyles from '../../ui/text.module.css'
import styles from './device-pickers.module.css'
import { text } from '../messages.ts'
import type { Preview } from './preview.ts'
import type { PreviewView } from './preview-view.ts'
import { playTestSound } from '../test-sound.ts'

type Props = { preview: Preview; view: PreviewView }

export function DevicePickers({ preview, view }: Props) {
  const t = useTranslate()
  const [testing, setTesting] = useState(false)
  const inUse = (kind: 'microphone' | 'camera') => {
    const capture = view[kind]
    return (capture.status === 'on' && capture.track.getSettings().deviceId) || view[`${kind}Id`]
  }
  const test = async () => {
    setTesting(true)
    await playTestSound(view.speakerId).catch(() => undefined)
    setTesting(false)
  }
  return (
    <div className={styles.pickers}>
      <Picker
        kind={MICROPHONE}
        devices={withId(view.devices, 'audioinput')}
        value={inUse('microphone')}
        onChoose={(id) => preview.choose('microphone', id)}
      />
      <Picker
        kind={CAMERA}
        devices={withId(view.devices, 'videoinput')}
        value={inUse('camera')}
        onChoose={(id) => preview.choose('camera', id)}
      />
      <div className={styles.withTest}>
        <Picker
          kind={SPEAKER}
          devices={withId(view.devices, 'audiooutput')}
          value={view.speakerId}
          onChoose={(id) => preview.choose('speaker', id)}
        />
        <Button
          size="small"
          aria-label={testing ? undefined : t(text.testSpeaker)}
          disabled={testing}
          onClick={() => void test()}
        >
          {t(testing ? text.playing : text.test)}
        </Button>
      </div>
    </div>
  )
}

/** Before permission the browser lists devices without id and name, so there is no choice yet. */
const withId = (devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind) =>
  devices.filter((device) => device.kind === kind && device.deviceId !== '')

type PickerKind = {
  label: MessageDescriptor
  icon: ReactNode
  /** Shown while there is no choice. */
  fallback: MessageDescriptor
  /** For a device without a name. */
  numbered: (number: number) => MessageDescriptor
}

const MICROPHONE: PickerKind = {
  label: text.microphone,
  icon: <Mic />,
  fallback: text.defaultMicrophone,
  numbered: text.microphoneNumber,
}
const CAMERA: PickerKind = {
  label: text.camera,
  icon: <Video />,
  fallback: text.defaultCamera,
  numbered: text.cameraNumber,
}
const SPEAKER: PickerKind = {
  label: text.speaker,
  icon: <Volume2 />,
  fallback: text.defaultSpeaker,
  numbered: text.speakerNumber,
}

type PickerProps = {
  kind: PickerKind
  devices: readonly MediaDeviceInfo[]
  value: string
  onChoose: (deviceId: string) => void
}

function Picker({ kind, devices, value, onChoose }: PickerProps) {
  const t = useTranslate()
  const known = devices.some(({ deviceId }) => deviceId === value)
  return (
    <label className={styles.picker}>
      {kind.icon}
      <span className={textStyles.visuallyHidden}>{t(kind.label)}</span>
      <select
        value={known ? value : (devices[0]?.deviceId ?? '')}
        disabled={devices.length === 0}
        onChange={(event) => onChoose(event.target.value)}
      >
        {devices.length === 0 && <option value="">{t(kind.fallback)}</option>}
        {devices.map(({ deviceId, label }, index) => (
          <option key={deviceId} value={deviceId}>
            {label || t(kind.numbered(index + 1))}
          </option>
        ))}
      </select>
    </label>
  )
}
