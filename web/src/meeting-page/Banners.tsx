import { useStartAudio } from '@livekit/components-react'
import type { ComponentProps } from 'react'
import { deviceErrorMessages } from '../devices/permission-messages.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Button } from '../ui/elements/Button.tsx'
import { Spinner } from '../ui/elements/Spinner.tsx'
import { connectionText, stoppingMessage } from './banner-messages.ts'
import styles from './banners.module.css'
import { text } from './messages.ts'
import { SharingBanner } from './SharingBanner.tsx'
import { useElsewhere } from './use-elsewhere.ts'

/** Messages about this person's connection, devices and screen share, above the stage. */
export function Banners({ meeting, view }: { meeting: Meeting; view: MeetingView }) {
  const t = useTranslate()
  const connection = connectionText(view, t)
  const stopping = stoppingMessage(view)
  const elsewhere = useElsewhere(view)
  return (
    <div className={styles.banners}>
      <div role="status">
        {connection !== undefined && (
          <Banner data-connection={view.connection} data-problem={view.refusal?.code}>
            <Spinner className={styles.spinner} />
            {connection}
          </Banner>
        )}
        {stopping !== undefined && <Banner data-stopping={view.answer.node}>{t(stopping)}</Banner>}
        {elsewhere !== undefined && <Banner data-elsewhere={view.answer.site}>{elsewhere}</Banner>}
      </div>
      <SoundBanner view={view} />
      {view.deviceError && <DeviceBanner {...view.deviceError} />}
      {view.sharing && <SharingBanner meeting={meeting} />}
    </div>
  )
}

function Banner(props: ComponentProps<'p'>) {
  return <p {...props} className={styles.banner} data-testid="banner" />
}

/** On some pages browsers play no sound before the first click. */
function SoundBanner({ view }: { view: MeetingView }) {
  const t = useTranslate()
  const { canPlayAudio, mergedProps } = useStartAudio({ room: view.room, props: {} })
  const { style: _, className: __, ...buttonProps } = mergedProps
  if (canPlayAudio) return null
  return (
    <Banner>
      {t(text.soundBlocked)}
      <Button size="small" {...buttonProps}>
        {t(text.turnSoundOn)}
      </Button>
    </Banner>
  )
}

function DeviceBanner({ kind, error }: NonNullable<MeetingView['deviceError']>) {
  const t = useTranslate()
  const { title, advice } = deviceErrorMessages(error, kind)
  return (
    <Banner role="alert" data-device-error={error}>
      <strong>{t(title)}</strong>
      <span>{t(advice)}</span>
    </Banner>
  )
}
