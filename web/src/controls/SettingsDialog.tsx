import { useMediaDevices } from '@livekit/components-react'
import { useEffect, useState, type RefObject } from 'react'
import { readChoices, rememberChoices } from '../devices/saved-choices.ts'
import { MicLevel } from '../devices/MicLevel.tsx'
import { playTestSound } from '../devices/test-sound.ts'
import { connectionWords, distanceOf } from '../sites/distance.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { SHORTCUTS } from './shortcuts.ts'
import { useRoundTrip } from '../meeting-page/use-distance.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'

type Props = { ref: RefObject<HTMLDialogElement | null>; meeting: Meeting; view: MeetingView }

export function SettingsDialog({ ref, meeting, view }: Props) {
  const { room, answer, measured } = view
  const [open, setOpen] = useState(false)
  const roundTripMs = useRoundTrip(room, open)
  useEffect(() => {
    const dialog = ref.current
    const onToggle = () => setOpen(dialog?.open ?? false)
    dialog?.addEventListener('toggle', onToggle)
    return () => dialog?.removeEventListener('toggle', onToggle)
  }, [ref])
  return (
    <dialog ref={ref} className="dialog" aria-labelledby="settings-title">
      <h2 id="settings-title">Settings</h2>
      {open && <Devices meeting={meeting} view={view} />}
      <section className="keys-section" aria-labelledby="keys-title">
        <h3 id="keys-title">Keys</h3>
        <KeysSwitch />
        <dl className="keys">
          {SHORTCUTS.map(({ key, words }) => (
            <div key={key}>
              <dt>
                <kbd>{key.toUpperCase()}</kbd>
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </section>
      <p className="hint" data-testid="connection">
        {connectionWords(distanceOf(answer, measured), answer.node, roundTripMs)}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={() => ref.current?.close()}>
          Done
        </button>
      </div>
    </dialog>
  )
}

function KeysSwitch() {
  const [on, setOn] = useState(() => readChoices().keysOn)
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => {
          setOn(event.target.checked)
          rememberChoices({ keysOn: event.target.checked })
        }}
      />
      Use single letters as shortcuts
    </label>
  )
}

function Devices({ meeting, view }: { meeting: Meeting; view: MeetingView }) {
  const track = view.ownMicrophone
  return (
    <div className="settings-devices">
      <DeviceSelect kind="audioinput" label="Microphone" meeting={meeting} view={view} />
      {track && view.microphoneOn && <MicLevel track={track} />}
      <DeviceSelect kind="videoinput" label="Camera" meeting={meeting} view={view} />
      <DeviceSelect kind="audiooutput" label="Speaker" meeting={meeting} view={view} />
      <button
        type="button"
        className="button small"
        onClick={() => void playTestSound(readChoices().speakerId).catch(() => undefined)}
      >
        Play a test sound
      </button>
    </div>
  )
}

type SelectProps = { kind: MediaDeviceKind; label: string; meeting: Meeting; view: MeetingView }

function DeviceSelect({ kind, label, meeting, view }: SelectProps) {
  const devices = useMediaDevices({ kind }).filter(({ deviceId }) => deviceId !== '')
  const [failed, setFailed] = useState(false)
  const active = activeDevice(kind, view)
  const choose = (deviceId: string) => {
    setFailed(false)
    meeting.controls.switchDevice(kind, deviceId).catch(() => setFailed(true))
  }
  const known = devices.some(({ deviceId }) => deviceId === active)
  return (
    <div className="field">
      <label htmlFor={`settings-${kind}`}>{label}</label>
      <select
        id={`settings-${kind}`}
        className="input"
        disabled={devices.length === 0}
        value={known ? active : (devices[0]?.deviceId ?? '')}
        onChange={(event) => choose(event.target.value)}
      >
        {devices.length === 0 && <option value="">None found</option>}
        {devices.map(({ deviceId, label: name }, index) => (
          <option key={deviceId} value={deviceId}>
            {name || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
      {failed && (
        <p className="field-error" role="alert">
          This one did not start. Another program may be using it.
        </p>
      )}
    </div>
  )
}

/** The device that is open; else the one that was chosen last. */
function activeDevice(kind: MediaDeviceKind, { ownMicrophone, ownCamera, speakerId }: MeetingView): string {
  const { microphoneId, cameraId } = readChoices()
  if (kind === 'audioinput') return ownMicrophone?.getSettings().deviceId ?? microphoneId
  if (kind === 'videoinput') return ownCamera?.getSettings().deviceId ?? cameraId
  return speakerId ?? ''
}
