// `npm run bench [-- --write]`: joins over HTTP, and from the click on Join to the first remote frame. `--write` stores the
// result in docs/benchmarks.
import { readArguments } from '../../deploy/setup/arguments.mjs'
import { runCommand } from '../lib/command.ts'
import { commit } from '../lib/report/commit.ts'
import { today, writeResult, writeTrials } from '../lib/report/files.ts'
import { machine } from '../lib/report/machine.ts'
import {
  type FirstFrame,
  type FirstFrameTrials,
  firstFrameMarkdown,
  summarizeFirstFrame,
} from './first-frame/report.ts'
import { type JoinHttp, benchJoinHttp } from './join-http/join-http.ts'
import { joinMarkdown } from './join-http/report.ts'
import { scriptResult } from './script-result.ts'

interface Summary {
  date: string
  machine: string
  commit?: string | undefined
  joinHttp: JoinHttp
  firstFrame: FirstFrame
}

const markdownOf = ({ date, machine: runsOn, joinHttp, firstFrame }: Summary): string =>
  [
    `# Joins and first frame, ${date}`,
    `Machine: ${runsOn}. It runs everything: generator, servers and browser. \`npm run bench\`.`,
    joinMarkdown(joinHttp),
    firstFrameMarkdown(firstFrame),
  ].join('\n\n')

const { values } = readArguments('npm run bench [-- --write]', {
  options: { write: { type: 'boolean', default: false } },
})

await runCommand(async (signal) => {
  const joinHttp = await benchJoinHttp(signal)
  // The browser benchmark is part of the web client.
  const trials = await scriptResult<FirstFrameTrials>('web/bench/first-frame.ts', [], signal)
  const summary: Summary = {
    date: today(),
    machine: machine(),
    commit: commit(),
    joinHttp,
    firstFrame: summarizeFirstFrame(trials),
  }
  process.stdout.write(`\n${markdownOf(summary)}\n`)
  process.stderr.write(`\n  trials: ${writeTrials('joins', { ...summary, trials })}\n`)
  if (values.write) writeResult('joins', { summary, render: markdownOf })
})
