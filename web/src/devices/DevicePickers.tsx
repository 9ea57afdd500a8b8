import { useState } from 'react'
import { CameraIcon, MicIcon, SpeakerIcon } from '../ui/icons.tsx'
import type { Preview, PreviewView } from './preview.ts'
import { playTestSound } from './test-sound.ts'

type Props = { preview: Preview; view: PreviewView }

export function DevicePickers({ preview, view }: Props) {
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
    <div className="pickers">
      <Picker
        label="Microphone"
        icon={<MicIcon />}
        devices={named(view.devices, 'audioinput')}
        value={inUse('microphone')}
        onChoose={(id) => preview.choose('microphone', id)}
      />
      <Picker
        label="Camera"
        icon={<CameraIcon />}
        devices={named(view.devices, 'videoinput')}
        value={inUse('camera')}
        onChoose={(id) => preview.choose('camera', id)}
      />
      <div className="picker-with-test">
        <Picker
          label="Speaker"
          icon={<SpeakerIcon />}
          devices={named(view.devices, 'audiooutput')}
          value={view.speakerId}
          onChoose={(id) => preview.choose('speaker', id)}
        />
        <button type="button" className="button small" disabled={testing} onClick={() => void test()}>
          {testing ? 'Playing …' : 'Test'}
          <span className="visually-hidden"> the speaker with a sound</span>
        </button>
      </div>
    </div>
  )
}

/** Before permission the browser lists devices without id and name: nothing to choose from yet. */
const named = (devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind) =>
  devices.filter((device) => device.kind === kind && device.deviceId !== '')

type PickerProps = {
  label: string
  icon: React.ReactNode
  devices: readonly MediaDeviceInfo[]
  value: string
  onChoose: (deviceId: string) => void
}

function Picker({ label, icon, devices, value, onChoose }: PickerProps) {
  const known = devices.some(({ deviceId }) => deviceId === value)
  return (
    <label className="picker">
      {icon}
      <span className="visually-hidden">{label}</span>
      <select
        value={known ? value : (devices[0]?.deviceId ?? '')}
        disabled={devices.length === 0}
        onChange={(event) => onChoose(event.target.value)}
      >
        {devices.length === 0 && <option value="">Default {label.toLowerCase()}</option>}
        {devices.map(({ deviceId, label: name }, index) => (
          <option key={deviceId} value={deviceId}>
            {name || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  )
}
