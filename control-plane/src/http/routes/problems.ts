import { Type } from 'typebox'
import { PROBLEMS, type ProblemCode } from '../../protocol/problems/problem-table.ts'
import { sendProblem } from '../problem.ts'
import type { App } from '../route.ts'

const isCode = (text: string): text is ProblemCode => Object.hasOwn(PROBLEMS, text)

/** `type` of every problem is an address here: it says in words what the code means. */
export function problemRoutes(app: App): void {
  app.get(
    '/problems/:code',
    {
      config: { access: 'anyone' },
      schema: { hide: true, params: Type.Object({ code: Type.String({ maxLength: 64 }) }) },
    },
    (request, reply) => {
      const { code } = request.params
      if (!isCode(code)) return sendProblem(reply, 'not_found')
      const { status, title, detail } = PROBLEMS[code]
      if (!request.headers.accept?.includes('text/html')) return reply.send({ code, status, title, detail })
      return reply.type('text/html').send(pageOf({ code, status, title, detail }))
    },
  )
}

/** All of it comes from the table, so nothing has to be escaped. */
const pageOf = ({ code, status, title, detail }: Record<string, string | number>): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} – Levee</title>
  </head>
  <body>
    <h1>${title}</h1>
    <p>${detail}</p>
    <p><code>${code}</code>, HTTP status ${status}. <a href="/docs">API reference</a></p>
  </body>
</html>
`
