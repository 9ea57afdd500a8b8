/** The checks of the Lua files let nothing pass but listed commands on keys and fields of the table. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { text } from '../../src/redis/scripting/types.ts'
import { callFaults, fieldFaults, keyFaults, nameFaults } from './lua-checks.ts'
import { DEFINITIONS, luaFiles } from './script-files.ts'

const files = luaFiles()
const FILE = 'nodes/mark-reached'

/** Every fault with these lines at the end of a script that has the argument `node`. */
function faultsWith(lua: string): string[] {
  const changed = new Map(files).set(
    FILE,
    (files.get(FILE) ?? '').replace(/^return .*$/m, () => lua),
  )
  assert.notEqual(changed.get(FILE), files.get(FILE), 'the lines are planted')
  return [
    ...callFaults(changed),
    ...fieldFaults(changed),
    ...keyFaults(changed),
    ...nameFaults(changed, DEFINITIONS),
  ]
}

const unlisted = (command: string, args: string): [string, string, string] => [
  command,
  `redis.call('${command}', ${args})`,
  `uses ${command}, which is not in the list of commands`,
]
const UNCHECKED = 'calls Redis in a way that cannot be checked'
const notWrittenOut = (command: string) => `has a command that is not written out: ${command}`

const VIOLATIONS: readonly [name: string, lua: string, fault: string][] = [
  unlisted('HMSET', `nodeKey(node), 'shoe', 1`),
  unlisted('HINCRBYFLOAT', `nodeKey(node), 'shoe', 1`),
  unlisted('HVALS', `nodeKey(node)`),
  unlisted('HGETDEL', `nodeKey(node), 'FIELDS', 1, 'shoe'`),
  unlisted('HSETEX', `nodeKey(node), 'FIELDS', 1, 'shoe', 1`),
  unlisted('HEXPIRE', `nodeKey(node), 10, 'FIELDS', 1, 'shoe'`),
  unlisted('HSCAN', `nodeKey(node), 0`),
  unlisted('FLUSHALL', `nodeKey(node)`),
  unlisted('EVAL', `'return 1', 0`),
  unlisted('KEYS', `'*'`),
  unlisted('RENAME', `nodeKey(node), 'x'`),
  unlisted('ZUNIONSTORE', `nodeIdsKey(node), 1, 'x'`),
  unlisted('constructor', `nodeKey(node)`),

  ['lower case', `redis.call('hset', nodeKey(node), 'shoe', 1)`, 'uses hset, which is not in the list'],
  ['double quotes', `redis.call("HSET", nodeKey(node), 'shoe', 1)`, notWrittenOut('"HSET"')],
  [
    'escapes',
    String.raw`redis.call('\72SET', nodeKey(node), 'shoe', 1)`,
    notWrittenOut(String.raw`'\72SET'`),
  ],
  ['a variable', `local c = 'HSET'\nredis.call(c, nodeKey(node), 'shoe', 1)`, notWrittenOut('c')],
  ['an expression', `redis.call('H' .. 'SET', nodeKey(node), 'shoe', 1)`, notWrittenOut(`'H' .. 'SET'`)],
  ['either of two', `redis.call(node and 'SADD' or 'SREM', sitesKey, node)`, notWrittenOut('node and')],
  ['no command', `redis.call()`, notWrittenOut('')],
  ['all arguments unpacked', `redis.call(unpack({ 'FLUSHALL' }))`, notWrittenOut('unpack(')],

  ['alias of redis', `local r = redis\nr.call('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['alias of call', `local call = redis.call\ncall('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['index', `redis['call']('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['method', `redis:call('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  [
    'in brackets',
    `local x = (redis).call('HSET', nodeKey(node), 'shoe', 1)`,
    'HSET on node with the field shoe,',
  ],
  ['on several lines', `redis\n  .pcall('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['pcall', `redis.pcall('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['alias of pcall', `local try = redis.pcall\ntry('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['index of pcall', `redis["pcall"]('HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['passed to pcall', `pcall(redis.call, 'HSET', nodeKey(node), 'shoe', 1)`, UNCHECKED],
  ['without brackets', `redis.call 'FLUSHALL'`, UNCHECKED],
  ['with a table', `redis.call { 'FLUSHALL' }`, UNCHECKED],
  ['in a table', `local t = { redis }\nt[1].call('FLUSHALL')`, UNCHECKED],
  ['another function', `redis.setresp(3)`, UNCHECKED],
  ['other name of redis', `server.call('FLUSHALL')`, 'uses the global server,'],
  ['globals', `_G['redis'].call('FLUSHALL')`, 'uses the global _G,'],
  ['environment', `getfenv().redis.call('FLUSHALL')`, 'uses the global getfenv,'],
  ['built code', `loadstring('redis.call("FLUSHALL")')()`, 'uses the global loadstring,'],
  ['new global', `mine = node`, 'uses the global mine,'],
  ['no Lua', `redis.call('HSET' nodeKey(node))`, 'is no Lua: SyntaxError'],

  [
    'unpacked pairs',
    `redis.call('HSET', nodeKey(node), 'reached', unpack({ 1, 'shoe', 2 }))`,
    'HSET with arguments that cannot be counted: unpack(',
  ],
  [
    'unpacked fields',
    `redis.call('HMGET', nodeKey(node), unpack({ 'shoe' }))`,
    'with a field that is not written out: unpack(',
  ],
  [
    'unpacked keys',
    `redis.call('DEL', unpack({ 'shoe' }))`,
    'DEL with arguments that cannot be counted: unpack(',
  ],
  [
    'any function',
    `local function two() return 1, 'shoe', 2 end\nredis.call('HSET', nodeKey(node), 'reached', two())`,
    'that cannot be counted: two()',
  ],
  [
    'method as function',
    `redis.call('HSET', nodeKey(node), 'reached', node:byte(1, 3))`,
    'that cannot be counted: node:byte(1, 3)',
  ],
  [
    'function of a string',
    `redis.call('HSET', nodeKey(node), 'reached', unpack 'x')`,
    `that cannot be counted: unpack 'x'`,
  ],
  [
    'function of a table',
    `redis.call('HSET', nodeKey(node), 'reached', unpack { 1, 'shoe', 2 })`,
    'that cannot be counted: unpack {',
  ],
  [
    'varargs',
    `local function set(...) redis.call('HSET', nodeKey(node), 'reached', ...) end`,
    'that cannot be counted: ...',
  ],
  [
    'half a pair',
    `redis.call('HSET', nodeKey(node), 'reached', 1, 'state')`,
    'HSET on node with half a pair',
  ],
  ['TIME with arguments', `redis.call('TIME', 'x')`, 'TIME with arguments'],

  ['literal key', `redis.call('HGET', 'levee', 'site')`, `HGET on 'levee', which is no hash of the table`],
  ['no key', `redis.call('GET')`, 'GET on nothing, which is no string of the table'],
  ['appended key', `redis.call('HGET', nodeKey(node) .. ':x', 'site')`, 'HGET on node, which is no hash'],
  [
    'prefix and text',
    `redis.call('HGET', shardPrefix .. ':x', 'site')`,
    `HGET on shardPrefix .. ':x', which is no hash`,
  ],
  ['prefix elsewhere', `local own = shardPrefix`, 'builds a key of its own'],
  [
    'formatted key',
    `redis.call('GET', string.format('%s:x', node))`,
    `GET on string.format('%s:x', node), which is no string`,
  ],
  ['formatted prefix', `local own = string.format('%s:x', shardPrefix)`, 'builds a key of its own'],
  [
    'key in a local',
    `local own = node .. ':x'\nredis.call('SET', own, 1)`,
    'SET on own, which is no string of the table',
  ],
  ['argument as key', `redis.call('SET', node, 1)`, 'SET on node, which is no string of the table'],
  [
    'either of two keys',
    `local own = node and nodeKey(node) or 'x'\nredis.call('HGET', own, 'site')`,
    'HGET on own, which is no hash',
  ],
  [
    'key of a table',
    `local k = { own = nodeKey(node) }\nredis.call('HGET', k.own, 'site')`,
    'HGET on k.own, which is no hash',
  ],
  [
    'key set again',
    `local own = nodeKey(node)\nown = 'x'\nredis.call('HGET', own, 'site')`,
    'sets the key own again',
  ],
  [
    'shadowed key',
    `local own = nodeKey(node)\ndo\n  local own = 'x'\n  redis.call('HGET', own, 'site')\nend`,
    'HGET on own, which is no hash',
  ],
  [
    'key of an ended block',
    `do local own = nodeKey(node) end\nredis.call('HGET', own, 'site')`,
    'HGET on own, which is no hash',
  ],
  [
    'shadowed by a loop',
    `local own = nodeKey(node)\nfor own = 1, 2 do redis.call('HGET', own, 'site') end`,
    'HGET on own, which is no hash',
  ],
  [
    'parameter as key',
    `local function get(own) return redis.call('GET', own) end`,
    'GET on own, which is no string',
  ],
  [
    'own key function',
    `local function nodeKey(x) return x end`,
    'sets nodeKey, which is a name for all scripts',
  ],
  ['own key', `local sitesKey = 'x'`, 'sets sitesKey, which is a name for all scripts'],
  ['own global key', `sitesKey = 'x'`, 'sets sitesKey, which is a name for all scripts'],
  [
    'function of that name',
    `function nodeKey(x) return x end`,
    'sets nodeKey, which is a name for all scripts',
  ],
  ['own tonumber', `local tonumber = unpack`, 'sets tonumber, which is a name for all scripts'],
  ['own math.max', `math.max = unpack`, 'sets math, which is a name for all scripts'],
  ['function uncalled', `redis.call('GET', credentialsKey)`, 'GET on credentials, which is no string'],
  ['key called', `redis.call('SCARD', sitesKey(node))`, 'SCARD on sites, which is no set'],
  ['second key of DEL', `redis.call('DEL', nodeKey(node), 'x')`, `DEL on 'x', which is no key of the table`],
  ['unknown key', `redis.call('HGET', constructorKey(node), 'x')`, 'constructorKey, which the table lacks'],

  [
    'string command on a hash',
    `redis.call('SET', nodeKey(node), 1)`,
    'SET on node, which is no string of the table',
  ],
  [
    'set command on a hash',
    `redis.call('SADD', nodeKey(node), 1)`,
    'SADD on node, which is no set of the table',
  ],
  [
    'sorted set command on a set',
    `redis.call('ZADD', sitesKey, 1, node)`,
    'ZADD on sites, which is no zset of the table',
  ],
  [
    'hash command on a string',
    `redis.call('HGET', credentialsKey(node), 'x')`,
    'HGET on credentials, which is no hash of the table',
  ],
  [
    'local of another type',
    `local own = nodeKey(node)\nredis.call('SADD', own, 1)`,
    'SADD on node, which is no set of the table',
  ],

  ['drawMembers on a literal', `drawMembers('x', 1)`, `drawMembers on 'x', which is no set of the table`],
  [
    'drawMembers on a hash',
    `drawMembers(nodeKey(node), 1)`,
    'drawMembers on node, which is no set of the table',
  ],
  ['alias of drawMembers', `local draw = drawMembers\ndraw('x', 1)`, 'uses drawMembers without calling it'],
  [
    'drawMembers of another kind',
    `local function drawMembers(key) return redis.call('GET', key) end`,
    'GET on key, which is no string',
  ],

  [
    'unknown field',
    `redis.call('HSET', nodeKey(node), 'shoe', 1)`,
    'HSET on node with the field shoe, which the table lacks',
  ],
  [
    'unknown second field',
    `redis.call('HSET', nodeKey(node), 'reached', 1, 'shoe', 1)`,
    'HSET on node with the field shoe,',
  ],
  [
    'deleted field',
    `redis.call('HDEL', nodeKey(node), 'reached', 'shoe')`,
    'HDEL on node with the field shoe,',
  ],
  [
    'field of objects',
    `redis.call('HGET', nodeKey(node), 'constructor')`,
    'HGET on node with the field constructor,',
  ],
  [
    'double-quoted field',
    `redis.call('HGET', nodeKey(node), "shoe")`,
    'with a field that is not written out: "shoe"',
  ],
  [
    'field in a local',
    `local f = 'shoe'\nredis.call('HGET', nodeKey(node), f)`,
    'with a field that is not written out: f',
  ],
  [
    'field through a local key',
    `local own = nodeKey(node)\nredis.call('HGET', own, 'shoe')`,
    'HGET on node with the field shoe,',
  ],
  ['all fields', `redis.call('HKEYS', nodeKey(node))`, 'HKEYS on node, whose fields have names'],
  [
    'inside other calls',
    `local x = tonumber(redis.call('HGET', nodeKey(node), 'shoe') or 0)`,
    'HGET on node with the field shoe,',
  ],
  [
    'inside a function',
    `local t = { f = function() return redis.call('HGET', nodeKey(node), 'shoe') end }`,
    'HGET on node with the field shoe,',
  ],
]

for (const [name, lua, fault] of VIOLATIONS)
  test(`fires: ${name}`, () => {
    const faults = faultsWith(lua)
    assert.ok(
      faults.some((line) => line.startsWith(FILE) && line.includes(fault)),
      faults.join('\n') || 'no fault',
    )
  })

const ALLOWED: readonly string[] = [
  '',
  `local own, n = nodeKey(node), 1\nredis.call('HSET', own, 'reached', n, 'state', string.format('%d', n))`,
  `if node then redis.call('DEL', nodeKey(node), credentialsKey(node)) end`,
  `local own = nodeKey(node)\nlocal function get() return redis.call('HGET', own, 'site') end\nget()`,
  `repeat local own = nodeKey(node) until redis.call('HGET', own, 'site')`,
  `local shardName = string.sub(shardPrefix, 4, -2)`,
  `redis.call('HSET', roomOrdersKey(node), node, 'drop')`,
]
test('listed commands on keys and fields of the table have no faults', () => {
  for (const lua of ALLOWED) assert.deepEqual(faultsWith(`${lua} `), [], lua)
})

test('an argument that is named like a key is a fault', () => {
  const [first, ...others] = DEFINITIONS
  assert.ok(first)
  const changed = { ...first, args: { ...first.args, metaKey: text } }
  assert.deepEqual(nameFaults(files, [changed, ...others]), [
    `${first.file} has the argument metaKey, which is named like a key`,
  ])
})
