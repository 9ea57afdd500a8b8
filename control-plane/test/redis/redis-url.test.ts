import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openRedis, parseRedisUrl } from '../../src/redis/connection/client.ts'

test('a URL is parsed, or its fault is named without repeating it', () => {
  const none = { username: '', password: '' }
  const [a, b] = [
    { host: 'a', port: 1 },
    { host: '::1', port: 6379 },
  ]
  const login = { username: 'u', password: 'p@+/' }
  const good: [string, object][] = [
    ['redis://a:1', { kind: 'single', nodes: [a], tls: false, login: none, db: 0 }],
    ['rediss://u:p%40+%2F@[::1]/3', { kind: 'single', nodes: [b], tls: true, login, db: 3 }],
    ['redis-cluster://a:1,[::1]', { kind: 'cluster', nodes: [a, b], tls: false, login: none }],
    [
      'rediss-sentinel://u:p%40+%2F@a:1,s/main?db=2&sentinelPassword=p%40+%2F',
      {
        kind: 'sentinel',
        nodes: [a, { host: 's', port: 26_379 }],
        tls: true,
        login,
        db: 2,
        primaryName: 'main',
        sentinelLogin: { ...login, username: '' },
      },
    ],
  ]
  for (const [url, meant] of good) assert.deepEqual(parseRedisUrl(url), meant, url)
  const bad = `
    http://secret redis:// redis://secret:0 redis://secret:65536 redis://secret:6379/x redis://a,secret
    redis://u:secret%@a redis://u:sec/ret@a redis://a?secret=1 redis://a?db=secret
    redis-cluster://secret/1 redis-cluster://a,,b redis-cluster://a:secret redis-cluster://a?db=1
    redis-sentinel://a redis-sentinel://a/ redis-sentinel://a/b?secret=1 redis-sentinel://a/b?db=secret
  `
  for (const url of ['', ...bad.trim().split(/\s+/)]) {
    const parsed = parseRedisUrl(url)
    assert.ok('fault' in parsed, url)
    assert.match(parsed.fault, /^[A-Z][^\n]+[^.]\.$/, url)
    assert.doesNotMatch(parsed.fault, /sec|ret@/, url)
    assert.throws(() => openRedis(url, pino({ enabled: false })), { message: parsed.fault })
  }
})
