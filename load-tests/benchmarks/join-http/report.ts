// Joins over HTTP as Markdown.
import { type Row, table, verdict } from '../../lib/report/markdown.ts'
import type { Throughput } from './autocannon.ts'
import type { JoinHttp } from './join-http.ts'

export function joinMarkdown({ autocannon, nodeClient }: JoinHttp): string {
  const { bare, trivial, placed, fresh } = autocannon
  const row = (name: string, one: Throughput): Row => [
    name,
    Math.round(one.perSec),
    `${one.p50Ms.toFixed(2)} / ${one.p99Ms.toFixed(2)}`,
    (one.perSec / trivial.perSec).toFixed(2),
    (one.perSec / bare.perSec).toFixed(2),
  ]
  const atLeast = (what: string, ratio: number) => verdict(what, ratio, ratio >= 0.4, '≥ 0.40')
  return [
    '## Join over HTTP',
    '',
    'autocannon, 32 connections:',
    '',
    table(
      ['route', 'per second', 'p50 / p99 ms', '× trivial route of the same process', '× bare Fastify'],
      [
        row('bare Fastify, POST with a JSON body, constant answer', bare),
        row('trivial route of the same process (`/livez`)', trivial),
        row('join, placed room', placed),
        row('join, new room', fresh),
      ],
    ),
    '',
    'Node’s own HTTP client, 32 connections:',
    '',
    table(
      ['route', 'per second', '× bare Fastify'],
      [
        ['bare Fastify', Math.round(nodeClient.bare), '1.00'],
        [
          'join, placed room',
          Math.round(nodeClient.placed),
          (nodeClient.placed / nodeClient.bare).toFixed(2),
        ],
      ],
    ),
    '',
    atLeast(
      'Placed room against the trivial route of the same process, autocannon',
      placed.perSec / trivial.perSec,
    ),
    atLeast('Placed room against bare Fastify, autocannon', placed.perSec / bare.perSec),
    atLeast('Placed room against bare Fastify, Node’s client', nodeClient.placed / nodeClient.bare),
  ].join('\n')
}
