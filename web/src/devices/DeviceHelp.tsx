import { faultWords } from './permission-messages.ts'
import type { Kind, Preview, PreviewView } from './preview.ts'

type Props = { preview: Preview; view: PreviewView; silent: boolean }

/** What is wrong with a device, in words, and the one step that helps. Nothing here stops joining. */
export function DeviceHelp({ preview, view, silent }: Props) {
  const { microphone, camera } = view
  const faults = (['microphone', 'camera'] as const).filter((kind) => view[kind].status === 'fault')
  const same = microphone.status === 'fault' && camera.status === 'fault' && microphone.fault === camera.fault
  const shown: readonly Kind[] = same ? ['microphone'] : faults
  if (shown.length === 0 && !silent) return null
  return (
    <div className="device-help" role="status">
      {shown.map((kind) => {
        const capture = view[kind]
        if (capture.status !== 'fault') return null
        const words = faultWords(capture.fault, same ? 'both' : kind)
        return (
          <div key={kind} className="notice warn" data-device-fault={capture.fault}>
            <strong>{words.what}</strong>
            <p>{words.todo} You can also join without.</p>
            {words.again !== undefined && (
              <div className="actions">
                <button
                  type="button"
                  className="button small"
                  onClick={() => void preview.open(same ? ['microphone', 'camera'] : [kind])}
                >
                  {words.again}
                </button>
              </div>
            )}
          </div>
        )
      })}
      {silent && (
        <div className="notice warn" data-device-fault="silent">
          <strong>Your microphone gives no sound at all</strong>
          <p>
            It may be muted by a switch on the headset, by the system’s privacy settings, or be the wrong one:
            choose another below.
          </p>
        </div>
      )}
    </div>
  )
}
