/** Calls of Redis in a Lua file, read from its syntax tree. */
import luaparse from 'luaparse'
import { literal } from '../../src/redis/scripting/lua-text.ts'
import { type Command, commandOf, KEY_ARGUMENTS, LOADED_NAMES, LUA_NAMES, ONE_VALUE } from './lua-commands.ts'
import { type Key, type Keys, Scope, tableKey } from './lua-scope.ts'

type Node = luaparse.Node
type Call = luaparse.CallExpression
type Range = [from: number, to: number]

export type RedisCall = {
  name: string
  command: Command
  kind: string | undefined
  /** Lua expressions of the arguments after the key. */
  args: readonly string[]
}

export type ScriptCalls = {
  calls: RedisCall[]
  /** Sentences without the name of the file. */
  faults: string[]
  /** Names that the file does not declare itself. */
  globals: Set<string>
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode)

const isRedisCall = ({ base }: Call): boolean =>
  base.type === 'MemberExpression' &&
  base.indexer === '.' &&
  base.identifier.name === 'call' &&
  base.base.type === 'Identifier' &&
  base.base.name === 'redis'

/** Throws a SyntaxError of the parser. */
export function readCalls(source: string, keys: Keys): ScriptCalls {
  const found: ScriptCalls = { calls: [], faults: [], globals: new Set() }
  const fault = (sentence: string) => void found.faults.push(sentence)
  const textOf = (node: Node): string => ('range' in node ? source.slice(...(node.range as Range)) : '')

  function keyOf(node: Node | undefined, scope: Scope): Key | undefined {
    if (node?.type === 'CallExpression' && node.base.type === 'Identifier' && !scope.has(node.base.name))
      return tableKey(keys, node.base.name, true)
    if (node?.type !== 'Identifier') return undefined
    return scope.has(node.name) ? scope.keyOf(node.name) : tableKey(keys, node.name, false)
  }

  function checkNew(name: string): void {
    if (LUA_NAMES.has(name) || LOADED_NAMES.has(name) || name.endsWith('Key'))
      fault(`sets ${name}, which is a name for all scripts`)
  }
  function declare({ name }: luaparse.Identifier, scope: Scope, key?: Key): void {
    checkNew(name)
    scope.declare(name, key)
  }
  /** Faults for `math.max = …` and `function roomKey() …` as for `local math`. */
  function checkTarget(target: Node): void {
    if (target.type === 'Identifier') checkNew(target.name)
    else if ('base' in target) checkTarget(target.base)
  }

  /** Faults if the key is not one of the table with this type. */
  function checkKey(
    what: string,
    node: Node | undefined,
    type: Command['on'],
    scope: Scope,
  ): Key | undefined {
    const key = keyOf(node, scope)
    if (key && (type === 'any' || type === key.type)) return key
    const text = node ? textOf(node) : 'nothing'
    const name = key?.kind ?? /^(\w+)Key(?:\(|$)/.exec(text)?.[1] ?? text
    fault(`${what} on ${name}, which is no ${type === 'any' ? 'key' : type} of the table`)
    return undefined
  }

  function readRedisCall({ arguments: [commandNode, ...rest] }: Call, scope: Scope): void {
    const name = commandNode && literal(textOf(commandNode))
    if (name === undefined)
      return fault(`has a command that is not written out: ${commandNode ? textOf(commandNode) : ''}`)
    const command = commandOf(name)
    if (!command) return fault(`uses ${name}, which is not in the list of commands`)
    checkLast(name, rest.at(-1))
    if (command.on === 'none') {
      if (rest.length > 0) fault(`${name} with arguments`)
      return
    }
    const checked = (command.isAllKeys ? rest : [rest[0]]).map((node) =>
      checkKey(name, node, command.on, scope),
    )
    const args = rest.slice(1).map(textOf)
    if (checked[0]) found.calls.push({ name, command, kind: checked[0].kind, args })
  }

  function checkLast(name: string, last: Node | undefined): void {
    const isOne = last?.type === 'CallExpression' ? ONE_VALUE.test(textOf(last.base)) : !canBeMany(last)
    if (last && !isOne) fault(`${name} with arguments that cannot be counted: ${textOf(last)}`)
  }
  const canBeMany = (node: Node | undefined): boolean =>
    ['VarargLiteral', 'StringCallExpression', 'TableCallExpression'].includes(node?.type ?? '')

  function visitAll(nodes: readonly Node[], scope: Scope): void {
    for (const node of nodes) visit(node, scope)
  }

  function visitName(name: string, scope: Scope): void {
    if (name === 'redis') fault('calls Redis in a way that cannot be checked')
    if (name === 'shardPrefix') fault('builds a key of its own')
    if (KEY_ARGUMENTS.has(name)) fault(`uses ${name} without calling it`)
    if (!scope.has(name)) found.globals.add(name)
  }

  function visitCall(node: Call, scope: Scope): void {
    const [first] = node.arguments
    const name = node.base.type === 'Identifier' ? node.base.name : undefined
    const keyType = name === undefined ? undefined : KEY_ARGUMENTS.get(name)
    if (isRedisCall(node)) readRedisCall(node, scope)
    else if (name !== undefined && keyType !== undefined) {
      checkKey(name, first, keyType, scope)
      if (!scope.has(name)) found.globals.add(name)
    } else visit(node.base, scope)
    const isPrefixRead = textOf(node.base) === 'string.sub' && first && textOf(first) === 'shardPrefix'
    visitAll(isPrefixRead ? node.arguments.slice(1) : node.arguments, scope)
  }

  function visitFunction(node: luaparse.FunctionDeclaration, scope: Scope): void {
    const { identifier, isLocal, parameters, body } = node
    if (identifier?.type === 'Identifier' && isLocal) declare(identifier, scope)
    else if (identifier) {
      checkTarget(identifier)
      visit(identifier, scope)
    }
    const inside = new Scope(scope)
    const type = identifier?.type === 'Identifier' ? KEY_ARGUMENTS.get(identifier.name) : undefined
    for (const [i, parameter] of parameters.entries())
      if (parameter.type === 'Identifier') declare(parameter, inside, i === 0 && type ? { type } : undefined)
    visitAll(body, inside)
  }

  function visitFor(
    node: luaparse.ForGenericStatement | luaparse.ForNumericStatement,
    heads: readonly (Node | null)[],
    scope: Scope,
  ): void {
    visitAll(heads.filter(isNode), scope)
    const inside = new Scope(scope)
    for (const variable of 'variables' in node ? node.variables : [node.variable]) declare(variable, inside)
    visitAll(node.body, inside)
  }

  function visit(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        return visitName(node.name, scope)
      case 'MemberExpression':
        return visit(node.base, scope)
      case 'TableKeyString':
        return visit(node.value, scope)
      case 'CallExpression':
        return visitCall(node, scope)
      case 'FunctionDeclaration':
        return visitFunction(node, scope)
      case 'LocalStatement': {
        visitAll(node.init, scope)
        const set = node.init.map((value) => keyOf(value, scope))
        return node.variables.forEach((variable, i) => declare(variable, scope, set[i]))
      }
      case 'AssignmentStatement':
        for (const target of node.variables) {
          checkTarget(target)
          if (target.type === 'Identifier' && keyOf(target, scope)) fault(`sets the key ${target.name} again`)
        }
        return visitAll(childrenOf(node), scope)
      case 'ForGenericStatement':
        return visitFor(node, node.iterators, scope)
      case 'ForNumericStatement':
        return visitFor(node, [node.start, node.end, node.step], scope)
      case 'DoStatement':
      case 'WhileStatement':
      case 'RepeatStatement':
      case 'IfClause':
      case 'ElseifClause':
      case 'ElseClause': {
        const inside = new Scope(scope)
        visitAll(node.body, inside)
        // Only after `repeat` the condition sees the locals of the block.
        if ('condition' in node) visit(node.condition, node.type === 'RepeatStatement' ? inside : scope)
        return
      }
      default:
        return visitAll(childrenOf(node), scope)
    }
  }

  visit(luaparse.parse(source, { luaVersion: '5.1', ranges: true, comments: false }), new Scope())
  return found
}
