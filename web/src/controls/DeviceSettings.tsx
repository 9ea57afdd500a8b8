import type { MessageDescriptor } from '@lingui/core'
import { useMediaDevices } from '@livekit/components-react'
import { useState } from 'react'
import { MicLevel } from '../devices/MicLevel.tsx'
import { readChoices } from '../devices/saved-choices.ts'
import { playTestSound } from '../devices/test-sound.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Button } from '../ui/elements/Button.tsx'
import { Field, Select } from '../ui/elements/Field.tsx'
import { text } from './messages.ts'
import styles from './settings.module.css'

type Props = { meeting: Meeting; view: MeetingView }

/** Chooses microphone, camera and speaker during the meeting. */
export function DeviceSettings({ meeting, view }: Props) {
  const t = useTranslate()
  const microphone = view.ownMicrophone
  return (
    <div className={styles.devices}>
      <DeviceSelect kind="audioinput" meeting={meeting} view={view} />
      {microphone && view.microphoneOn && <MicLevel track={microphone} className={styles.level} />}
      <DeviceSelect kind="videoinput" meeting={meeting} view={view} />
      <DeviceSelect kind="audiooutput" meeting={meeting} view={view} />
      <Button size="small" onClick={() => void playTestSound(readChoices().speakerId).catch(() => undefined)}>
        {t(text.testSound)}
      </Button>
    </div>
  )
}

type DeviceText = { label: MessageDescriptor; numbered: (number: number) => MessageDescriptor }

const DEVICE_TEXTS: Record<MediaDeviceKind, DeviceText> = {
  audioinput: { label: text.microphone, numbered: text.microphoneNumber },
  videoinput: { label: text.camera, numbered: text.cameraNumber },
  audiooutput: { label: text.speakerDevice, numbered: text.speakerNumber },
}

function DeviceSelect({ kind, meeting, view }: Props & { kind: MediaDeviceKind }) {
  const t = useTranslate()
  const devices = useMediaDevices({ kind }).filter(({ deviceId }) => deviceId !== '')
  const [failed, setFailed] = useState(false)
  const active = activeDevice(kind, view)
  const choose = (deviceId: string) => {
    setFailed(false)
    meeting.controls.switchDevice(kind, deviceId).catch(() => setFailed(true))
  }
  const known = devices.some(({ deviceId }) => deviceId === active)
  const { label, numbered } = DEVICE_TEXTS[kind]
  const id = `settings-${kind}`
  return (
    <Field id={id} label={t(label)} error={failed ? t(text.deviceFailed) : undefined} alert>
      <Select
        id={id}
        disabled={devices.length === 0}
        value={known ? active : (devices[0]?.deviceId ?? '')}
        onChange={(event) => choose(event.target.value)}
      >
        {devices.length === 0 && <option value="">{t(text.noneFound)}</option>}
        {devices.map(({ deviceId, label: name }, index) => (
          <option key={deviceId} value={deviceId}>
            {name || t(numbered(index + 1))}
          </option>
        ))}
      </Select>
    </Field>
  )
}

/** The id of the device that is open; otherwise of the one that was chosen last. */
function activeDevice(kind: MediaDeviceKind, { ownMicrophone, ownCamera, speakerId }: MeetingView): string {
  const { microphoneId, cameraId } = readChoices()
  if (kind === 'audioinput') return ownMicrophone?.getSettings().deviceId ?? microphoneId
  if (kind === 'videoinput') return ownCamera?.getSettings().deviceId ?? cameraId
  return speakerId ?? ''
}
