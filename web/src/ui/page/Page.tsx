import type { ComponentProps, ReactNode } from 'react'
import { useTranslate } from '../../i18n/use-translate.ts'
import { classNames } from '../class-names.ts'
import mark from '../mark.svg'
import { text } from '../messages.ts'
import { Button } from '../elements/Button.tsx'
import { Spinner } from '../elements/Spinner.tsx'
import styles from './page.module.css'

export function Page({ className, ...rest }: ComponentProps<'div'>) {
  return <div {...rest} className={classNames(styles.page, className)} />
}

/** The brand, and what a page puts at the other end. */
export function PageHead({ className, children }: { className?: string | undefined; children?: ReactNode }) {
  return (
    <header className={classNames(styles.head, className)}>
      <a className={styles.brand} href="/">
        <img src={mark} alt="" />
        {PRODUCT}
      </a>
      {children}
    </header>
  )
}

/** The name of the product, which is not translated. */
export const PRODUCT = 'Levee'

export function HeadLink({ className, children, ...rest }: ComponentProps<'a'>) {
  return (
    <a {...rest} className={classNames(styles.headLink, className)}>
      {children}
    </a>
  )
}

/** The main part of a page that has little to say. */
export function CenteredMain({ className, ...rest }: ComponentProps<'main'>) {
  return <main {...rest} className={classNames(styles.centered, className)} />
}

/** The row of buttons below it. */
export function Choices({ children }: { children: ReactNode }) {
  return <div className={styles.choices}>{children}</div>
}

export function LoadingPage() {
  const t = useTranslate()
  return (
    <Page>
      <CenteredMain aria-busy="true">
        <Spinner />
        <p role="status">{t(text.loading)}</p>
      </CenteredMain>
    </Page>
  )
}

/** The last resort: our own code threw while it drew the page. */
export function BrokenPage() {
  const t = useTranslate()
  return (
    <Page>
      <PageHead />
      <CenteredMain role="alert">
        <h1>{t(text.broken)}</h1>
        <p>{t(text.brokenAdvice)}</p>
        <Button look="primary" onClick={() => location.reload()}>
          {t(text.reload)}
        </Button>
      </CenteredMain>
    </Page>
  )
}
