import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { Fallible } from './ui/ErrorBoundary.tsx'
import { Broken } from './ui/Page.tsx'
import './ui/fonts.css'
import './ui/tokens.css'
import './ui/base.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <Fallible instead={<Broken />}>
    <App />
  </Fallible>,
)
