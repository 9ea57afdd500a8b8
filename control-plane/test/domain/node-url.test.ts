import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeUrlFault } from '../../src/domain/node-url.ts'

const strict = { patterns: [], requireTls: true }
const listed = { patterns: ['wss://*.edge.example.org', 'wss://10.1.2.3:7880'], requireTls: true }

test('a node has a secure address, and nothing beside host and port', () => {
  for (const url of [
    'wss://a.example.org',
    'wss://a.example.org/',
    'wss://10.0.0.1:7880',
    'wss://[2001:db8::1]',
  ])
    assert.equal(nodeUrlFault(url, strict), undefined, url)
  for (const url of [
    'ws://a.example.org',
    'https://a.example.org',
    'wss://',
    'wss://a b',
    'wss://u:p@a.example.org',
  ])
    assert.ok(nodeUrlFault(url, strict), url)
  for (const url of ['wss://a.example.org/x', 'wss://a.example.org?x', 'wss://a.example.org/#x'])
    assert.match(nodeUrlFault(url, strict) ?? '', /nothing else/)
  assert.equal(nodeUrlFault('ws://localhost:7880', { ...strict, requireTls: false }), undefined)
})

test('addresses of a link and of metadata services are refused, however they are written', () => {
  const hosts = [
    '169.254.169.254',
    '0xA9FEA9FE',
    '2852039166',
    '0251.0376.0251.0376',
    '169.254.1',
    '[::ffff:169.254.169.254]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[::]',
    '0.0.0.0',
    '100.100.100.200',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
  ]
  for (const host of hosts) assert.match(nodeUrlFault(`wss://${host}`, strict) ?? '', /metadata/, host)
})

test('patterns bound the addresses', () => {
  for (const url of ['wss://a.edge.example.org', 'wss://a.b.edge.example.org:443/', 'wss://10.1.2.3:7880'])
    assert.equal(nodeUrlFault(url, listed), undefined, url)
  const others = [
    'wss://edge.example.org',
    'wss://a.edge.example.org.evil.net',
    'wss://evil.net#.edge.example.org',
    'wss://a.edge.example.org:444',
    'wss://aXedge.example.org',
    'wss://10.1.2.3',
    'wss://10.1.2.30:7880',
  ]
  for (const url of others) assert.ok(nodeUrlFault(url, listed), url)
})
