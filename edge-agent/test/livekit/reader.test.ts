import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { estimateTracks, parseLivekitMetrics } from '../../src/livekit/reader.ts'

const recorded = await readFile(new URL('./livekit-metrics.txt', import.meta.url), 'utf8')

test('recorded metrics of three participants with audio and video', () => {
  assert.deepEqual(parseLivekitMetrics(recorded), {
    tracks: 18,
    participants: 3,
    egressBytesTotal: 5_499_916,
    packetsTotal: 11_694 + 5_932,
    cpuSecondsTotal: Number(/^process_cpu_seconds_total (\S+)/m.exec(recorded)?.[1]),
    startedAtSec: 1_795_416_046.65,
  })
})

test('the estimate from participants and publishers equals LiveKit’s count', () => {
  assert.equal(estimateTracks(3, 3), 18)
})

test('series that do not exist yet are 0', () => {
  const fresh = 'livekit_room_total{node_id="ND_a",node_type="SERVER"} 0\n'
  assert.deepEqual(parseLivekitMetrics(fresh), {
    tracks: 0,
    participants: 0,
    egressBytesTotal: 0,
    packetsTotal: 0,
    cpuSecondsTotal: undefined,
    startedAtSec: undefined,
  })
})

test('series with labels and retransmissions add up; NaN and other series do not count', () => {
  const text = [
    'livekit_packet_bytes{country="DE",direction="outgoing",transmission="initial"} 100',
    'livekit_packet_bytes{country="FR",direction="outgoing",transmission="retransmit"} 2.5e+1',
    'livekit_packet_bytes{direction="incoming"} 7',
    'livekit_track_published_total{kind="AUDIO"} NaN',
    'livekit_track_published_total{kind="VIDEO"} 4 1795416048748',
    'livekit_track_published_totals{kind="VIDEO"} 40',
  ].join('\n')
  const metrics = parseLivekitMetrics(text)
  assert.equal(metrics.egressBytesTotal, 125)
  assert.equal(metrics.tracks, 4)
})

for (const [name, text] of [
  ['an error page', '<html><body>502 Bad Gateway</body></html>'],
  ['nothing', ''],
  ['metrics of another program', 'node_cpu_seconds_total{cpu="0"} 12\nup 1\n'],
] as const)
  test(`${name} is a failed reading, not zeros`, () => {
    assert.throws(() => parseLivekitMetrics(text), /contains no LiveKit metrics/)
  })

test('estimates: an empty room, listeners only, a single participant, a speaker with an audience', () => {
  assert.equal(estimateTracks(0, 0), 0)
  assert.equal(estimateTracks(50, 0), 0)
  assert.equal(estimateTracks(1, 1), 2)
  assert.equal(estimateTracks(101, 1), 2 + 2 * 100)
  assert.equal(estimateTracks(100_000, 100_000), 10_000_000)
})
