import { Button } from '../../ui/elements/Button.tsx'
import textStyles from '../../ui/text.module.css'
import styles from './list-footer.module.css'

type Props = {
  summary: string
  /** Absent: everything is shown. `label` starts with `visible`, so that a voice command finds the button. */
  more?: { visible: string; label: string; busy: boolean; onClick: () => void } | undefined
}

/** How much of a long list is shown, and a button for more. */
export function ListFooter({ summary, more }: Props) {
  return (
    <div className={styles.footer}>
      <p className={textStyles.hint} role="status">
        {summary}
      </p>
      {more && (
        <Button
          aria-label={more.busy ? undefined : more.label}
          aria-disabled={more.busy}
          onClick={() => !more.busy && more.onClick()}
        >
          {more.visible}
        </Button>
      )}
    </div>
  )
}
