import { useTranslate } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/elements/Button.tsx'
import { Notice } from '../../ui/elements/Notice.tsx'
import styles from './device-help.module.css'
import type { DeviceError } from '../device-error.ts'
import { text } from '../messages.ts'
import { deviceErrorMessages, type ConcernedDevice } from '../permission-messages.ts'
import type { Kind } from '../kinds.ts'
import type { Preview } from './preview.ts'
import type { PreviewView } from './preview-view.ts'

type Props = { preview: Preview; view: PreviewView; silent: boolean }

/** What is wrong with a device and the one step that helps. It never prevents joining. */
export function DeviceHelp({ preview, view, silent }: Props) {
  const t = useTranslate()
  const problems = problemsIn(view)
  if (problems.length === 0 && !silent) return null
  return (
    <div className={styles.help} role="status">
      {problems.map(({ error, device, kinds }) => {
        const { title, advice, retry } = deviceErrorMessages(error, device)
        return (
          <Notice
            key={device}
            tone="warn"
            data-device-error={error}
            heading={t(title)}
            actions={
              retry && (
                <Button size="small" onClick={() => void preview.open(kinds)}>
                  {t(retry)}
                </Button>
              )
            }
          >
            <p>{t(advice)}</p>
            {error !== 'insecure' && <p>{t(text.joinWithout)}</p>}
          </Notice>
        )
      })}
      {silent && (
        <Notice tone="warn" data-device-error="silent" heading={t(text.silent)}>
          <p>{t(text.silentAdvice)}</p>
        </Notice>
      )}
    </div>
  )
}

type DeviceProblem = { error: DeviceError; device: ConcernedDevice; kinds: readonly Kind[] }

/** One problem where camera and microphone failed for the same reason. */
function problemsIn({ microphone, camera }: PreviewView): DeviceProblem[] {
  const [forMicrophone, forCamera] = [microphone, camera].map((capture) =>
    capture.status === 'error' ? capture.error : undefined,
  )
  if (forMicrophone !== undefined && forMicrophone === forCamera)
    return [{ error: forMicrophone, device: 'both', kinds: ['microphone', 'camera'] }]
  return [
    ...(forMicrophone
      ? [{ error: forMicrophone, device: 'microphone', kinds: ['microphone'] } as const]
      : []),
    ...(forCamera ? [{ error: forCamera, device: 'camera', kinds: ['camera'] } as const] : []),
  ]
}
