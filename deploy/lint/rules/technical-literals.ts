// Literals of the web client that look like words but are not for people, by kind.
import { type Node, nameOf, textOf } from './words.ts'

/** Words that stay the same in every language, or that a format defines: by file. */
export const UNTRANSLATED: Readonly<Record<string, readonly string[]>> = {
  // The name of the product.
  'web/src/ui/page/Page.tsx': ['Levee'],
  // The first bytes of a WAV file.
  'web/src/devices/test-sound.ts': ['RIFF'],
}

/** HTTP: methods, the scheme of an access token, lists of media types. */
const HTTP =
  /^(?:GET|POST|PUT|PATCH|DELETE|Bearer |(?:(?:, )?(?:application|audio|font|image|text|video)\/[\w.+-]+)+)$/

/** Attributes whose values programs read, among them those that list ids. */
const TECHNICAL_ATTRIBUTES =
  /^(?:accept|allow|aria-(?:controls|describedby|details|errormessage|labelledby|owns)|autoComplete|className|d|href|htmlFor|points|preserveAspectRatio|rel|sizes|src|srcSet|style|transform|viewBox|data-.+)$/

const COMPARISONS = /^(?:[=!]==?|in|instanceof)$/

/** Calls whose arguments are for programs or programmers. */
const TECHNICAL_CALLS =
  /^(?:addEventListener|removeEventListener|querySelector|querySelectorAll|matchMedia|closest|matches)$/

/** Whether a literal is part of HTTP, a type, an import, a message, a comparison, a technical attribute or an error. */
export function isTechnical(literal: Node, macros: ReadonlySet<string>): boolean {
  if (HTTP.test(textOf(literal) ?? '')) return true
  for (let node = literal, parent = literal.parent; parent; node = parent, parent = node.parent) {
    switch (parent.type) {
      case 'ImportDeclaration':
      case 'ImportExpression':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return parent['source'] === node
      case 'TSLiteralType':
        return true
      case 'SwitchCase':
        return parent['test'] === node
      case 'TaggedTemplateExpression':
        if (macros.has(nameOf(parent['tag'] as Node))) return true
        break
      case 'JSXAttribute':
        return TECHNICAL_ATTRIBUTES.test(nameOf(parent.name as Node))
      case 'BinaryExpression':
        if (COMPARISONS.test(String(parent['operator']))) return true
        break
      case 'MemberExpression':
        if (parent['property'] === node) return true
        break
      case 'Property':
      case 'PropertyDefinition':
        if (parent['key'] === node) return true
        break
      case 'ThrowStatement':
      case 'NewExpression':
      case 'CallExpression':
        if (isTechnicalCall(parent, node, macros)) return true
        break
      // A function in an attribute or a call is not part of its value.
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'Program':
        return false
      default:
    }
  }
  return false
}

function isTechnicalCall(call: Node, argument: Node, macros: ReadonlySet<string>): boolean {
  const callee = call['callee'] as Node | undefined
  if (!callee || callee === argument) return false
  if (callee.type !== 'MemberExpression') {
    const name = nameOf(callee)
    return macros.has(name) || (call.type === 'NewExpression' && /(?:Error|Exception)$/.test(name))
  }
  const object = callee['object'] as Node
  return nameOf(object) === 'console' || TECHNICAL_CALLS.test(nameOf(callee['property'] as Node))
}
