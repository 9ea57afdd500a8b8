import { useState } from 'react'
import type { ShareFor } from '../devices/capture.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Button } from '../ui/elements/Button.tsx'
import textStyles from '../ui/text.module.css'
import styles from './banners.module.css'
import { text } from './messages.ts'

/** Shown while our screen is shared: the choice between sharp text and smooth video, and the button to stop. */
export function SharingBanner({ meeting }: { meeting: Meeting }) {
  const t = useTranslate()
  const [shareFor, setShareFor] = useState<ShareFor>('text')
  const choose = (next: ShareFor) => {
    setShareFor(next)
    meeting.controls.setShareFor(next)
  }
  return (
    <div className={styles.sharing}>
      <span>{t(text.sharing)}</span>
      <fieldset className={styles.choice}>
        <legend className={textStyles.visuallyHidden}>{t(text.shareFor)}</legend>
        {(['text', 'motion'] as const).map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="share-for"
              checked={shareFor === option}
              onChange={() => choose(option)}
            />
            <span>{t(option === 'text' ? text.sharpText : text.smoothVideo)}</span>
          </label>
        ))}
      </fieldset>
      <Button size="small" look="danger" onClick={() => void meeting.controls.setShare(false)}>
        {t(text.stopSharing)}
      </Button>
    </div>
  )
}
