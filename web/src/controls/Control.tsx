import type { ReactNode } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import styles from './controls.module.css'
import { text } from './messages.ts'
import { keyOf, type Actions } from './shortcuts.ts'

type Props = {
  action: keyof Actions
  actions: Actions
  /** What a screen reader says. It contains the caption, so that a voice command finds it. */
  name: string
  /** The text below the icon, where it is shorter than the name. */
  caption?: string
  /** What a click does now, where the caption does not say it. */
  tooltip?: string
  icon: ReactNode
  pressed?: boolean
  state?: 'on' | 'off' | 'active' | 'leave' | undefined
  badge?: string | undefined
}

/** A button of the bar: icon, caption, and the shortcut in its tooltip. */
export function Control({
  action,
  actions,
  name,
  caption = name,
  tooltip = caption,
  icon,
  pressed,
  state,
  badge,
}: Props) {
  const t = useTranslate()
  const key = keyOf(action)
  return (
    <button
      type="button"
      className={styles.control}
      data-action={action}
      data-state={state}
      data-badge={badge}
      aria-label={name}
      aria-pressed={pressed}
      aria-keyshortcuts={key}
      title={key ? t(text.withKey(tooltip, key.toUpperCase())) : tooltip}
      onClick={actions[action]}
    >
      <span className={styles.icon}>{icon}</span>
      <span className={styles.caption}>{caption}</span>
    </button>
  )
}
