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

/** The header: the brand, and the page's own elements at the other end. */
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

/** The main part of a page with little content. */
export function CenteredMain({ className, ...rest }: ComponentProps<'main'>) {
  return <main {...rest} className={classNames(styles.centered, className)} />
}

/** The row of buttons below the content. */
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

/** Shown when our own code threw while rendering the page. */
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
