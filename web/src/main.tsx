// First, because it sets the order of the cascade layers that every other style sheet uses.
import './ui/styles.css'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { startI18n } from './i18n/catalogs.ts'
import { ErrorBoundary } from './ui/ErrorBoundary.tsx'
import { BrokenPage } from './ui/page/Page.tsx'

startI18n()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <I18nProvider i18n={i18n}>
    <ErrorBoundary fallback={<BrokenPage />}>
      <App />
    </ErrorBoundary>
  </I18nProvider>,
)
