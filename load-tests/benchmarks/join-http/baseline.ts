// Starts the baseline server in a separate process.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export async function startBareFastify() {
  const child = fork(fileURLToPath(new URL('bare-fastify.ts', import.meta.url)))
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (address) => resolve(address as string))
    child.once('exit', () => reject(new Error('the baseline server did not start')))
  })
  return { url, stop: () => child.disconnect() }
}
