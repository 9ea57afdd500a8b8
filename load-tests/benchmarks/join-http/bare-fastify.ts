// The baseline: a POST with a JSON body and a constant answer on bare Fastify. Sends its URL to its parent process.
import Fastify from 'fastify'

const app = Fastify()
app.post('/join', () => ({ ok: true }))
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.(address)
process.on('disconnect', () => process.exit())
