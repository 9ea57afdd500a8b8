import { problemMessages } from '../api/problem-messages.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { text } from './messages.ts'
import textStyles from './text.module.css'

/** Details that help an IT team to find the cause; renders nothing if there are none. */
export function ProblemDetails({ problem: { code, node, requestId } }: { problem: ShownProblem }) {
  const t = useTranslate()
  const { details } = problemMessages(code)
  if (node === undefined && requestId === undefined) return null
  return (
    <details>
      <summary>{t(text.details)}</summary>
      {details && node && <p>{t(details)}</p>}
      {node && (
        <p>
          {t(text.server(node.node, node.site))}
          <br />
          <span className={textStyles.mono}>{node.serverUrl}</span>
        </p>
      )}
      {requestId !== undefined && <p className={textStyles.mono}>{t(text.reference(requestId))}</p>}
    </details>
  )
}
