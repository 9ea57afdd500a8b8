import { Users } from 'lucide-react'
import { classNames } from '../class-names.ts'
import { initials } from '../initials.ts'
import styles from './avatar.module.css'

type Props = { name: string; speaking?: boolean; className?: string | undefined }

/** Represents a person whose camera is off. `className` sets `--avatar-size`. Not read aloud: the name is beside it. */
export function Avatar({ name, speaking, className }: Props) {
  return (
    <span className={classNames(styles.avatar, className)} data-speaking={speaking} aria-hidden="true">
      {name.trim() ? initials(name) : <Users />}
    </span>
  )
}
