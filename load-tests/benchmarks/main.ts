// `npm run bench [-- --write]`: joins over HTTP, and from the click on Join to the first remote frame. `--write` stores the
// result in docs/benchmarks.
import { commit } from '../lib/report/commit.ts'
import { today, writeResult, writeTrials } from '../lib/report/files.ts'
import { machine } from '../lib/report/machine.ts'
import { runCommand } from '../lib/command.ts'
import { type FirstFrameTrials, firstFrameMarkdown, summarizeFirstFrame } from './first-frame/report.ts'
import { benchJoinHttp } from './join-http/join-http.ts'
import { joinMarkdown } from './join-http/report.ts'
import { scriptResult } from './script-result.ts'

await runCommand(async (signal) => {
  const date = today()
  const joinHttp = await benchJoinHttp(signal)
  // The browser benchmark belongs to the web client.
  const trials = await scriptResult<FirstFrameTrials>('web/bench/first-frame.ts', [], signal)
  const firstFrame = summarizeFirstFrame(trials)
  const summary = { date, machine: machine(), commit: commit(), joinHttp, firstFrame }
  const markdown = [
    `# Joins and first frame, ${date}`,
    `Machine: ${summary.machine}. It runs everything: generator, servers and browser. \`npm run bench\`.`,
    joinMarkdown(joinHttp),
    firstFrameMarkdown(firstFrame),
  ].join('\n\n')
  process.stdout.write(`\n${markdown}\n`)
  process.stderr.write(`\n  trials: ${writeTrials('joins', { ...summary, trials })}\n`)
  if (process.argv.includes('--write')) writeResult('joins', { date, markdown, summary })
})
