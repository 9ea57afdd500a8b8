// Lint rule of the web client: what a user reads comes from messages, so that it can be translated.
//
// Two checks. Where text is shown or read aloud (children, text attributes, document.title, alert …) no literal may
// have a letter. Everywhere else a literal must not look like words for people: the exceptions are below, by kind.
import { inRepo } from '../repo.ts'
import { UNTRANSLATED, isTechnical } from './technical-literals.ts'
import { type Context } from './report.ts'
import {
  type Node,
  hasLetter,
  literalIn,
  looksLikeWords,
  nameOf,
  propertiesOf,
  textOf,
  withoutTypes,
} from './words.ts'

/** Attributes of elements and props of our components that are shown or read aloud. */
const TEXT_ATTRIBUTES =
  /^(?:alt|children|label|placeholder|title|text|heading|caption|hint|advice|message|description|tooltip|summary|legend|aria-?(?:braille)?-?(?:description|label|placeholder|roledescription|valuetext|keyshortcutstext))$/i
/** Properties of the document and its elements that are shown. */
const TEXT_PROPERTIES = /^(?:textContent|innerText|outerText|title|alt|placeholder|nodeValue|aria[A-Z]\w*)$/
const HTML_PROPERTIES = /^(?:dangerouslySetInnerHTML|innerHTML|outerHTML|srcdoc|srcDoc)$/
const DIALOGS = /^(?:alert|confirm|prompt)$/

const TEXT = 'text for users belongs in messages.ts of this folder'
const HTML = 'HTML from a string is refused: it can hide text and scripts; write elements'

export const literalTextRule = {
  create(context: Context<Node>) {
    const untranslated = UNTRANSLATED[inRepo(context.filename)] ?? []
    const used = new Set<string>()
    const constants = new Map<string, Node[]>()
    const macros = new Set<string>()
    const shown: Node[] = []
    const literals: Node[] = []
    const reported = new Set<Node>()
    const report = (node: Node | undefined, message = TEXT): void => {
      if (!node || reported.has(node)) return
      reported.add(node)
      const word = textOf(node) ?? ''
      if (untranslated.includes(word)) return void used.add(word)
      context.report({ node, message })
    }
    const define = (name: Node, value: Node | null): void => {
      if (name.type !== 'Identifier' || !value) return
      constants.set(String(name.name), [...(constants.get(String(name.name)) ?? []), value])
    }
    const show = (value: unknown): void => {
      if (value) shown.push(value as Node)
    }
    return {
      ImportDeclaration(node: Node) {
        if (!/^@lingui\/.*macro$/.test(nameOf(node['source'] as Node))) return
        for (const { local } of node['specifiers'] as { local: Node }[]) macros.add(nameOf(local))
      },
      VariableDeclarator: (node: Node) => define(node['id'] as Node, node['init'] as Node | null),
      AssignmentPattern: (node: Node) => define(node['left'] as Node, node['right'] as Node),
      Literal: (node: Node) => void literals.push(node),
      TemplateLiteral: (node: Node) => void literals.push(node),
      JSXText(node: Node) {
        if (hasLetter(String(node.value))) report(node)
      },
      JSXExpressionContainer(node: Node) {
        if (node.parent?.type !== 'JSXAttribute') show(node['expression'])
      },
      JSXAttribute(node: Node) {
        const name = nameOf(node.name as Node)
        if (HTML_PROPERTIES.test(name)) report(node, HTML)
        if (TEXT_ATTRIBUTES.test(name) || (name === 'value' && isButton(node.parent))) show(node.value)
      },
      JSXSpreadAttribute: (node: Node) => void shown.push(node),
      CallExpression(node: Node) {
        const callee = node['callee'] as Node
        const name = nameOf(callee.type === 'MemberExpression' ? (callee['property'] as Node) : callee)
        const args = node['arguments'] as Node[]
        if (DIALOGS.test(name)) args.forEach(show)
        if (name === 'createElement' || name === 'cloneElement') args.slice(2).forEach(show)
        if (name === 'setAttribute' && TEXT_ATTRIBUTES.test(String(args[0]?.value))) show(args[1])
        if (name === 'insertAdjacentHTML') report(node, HTML)
      },
      AssignmentExpression(node: Node) {
        const left = node['left'] as Node
        if (left.type !== 'MemberExpression') return
        const name = nameOf(left['property'] as Node)
        if (HTML_PROPERTIES.test(name)) report(node, HTML)
        if (TEXT_PROPERTIES.test(name)) show(node['right'])
      },
      Property(node: Node) {
        if (HTML_PROPERTIES.test(nameOf(node['key'] as Node))) report(node, HTML)
      },
      'Program:exit'(program: Node) {
        for (const node of shown)
          if (node.type === 'JSXSpreadAttribute') {
            for (const value of spreadTexts(node['argument'] as Node)) report(literalIn(value, constants))
          } else report(literalIn(node, constants))
        for (const node of literals)
          if (
            looksLikeWords(textOf(node, 'x') ?? '') &&
            hasLetter(textOf(node) ?? '') &&
            !isTechnical(node, macros)
          )
            report(node)
        for (const word of untranslated)
          if (!used.has(word))
            report(program, `“${word}” is not here: remove it from UNTRANSLATED in deploy/lint/rules`)
      },
    }

    /** Values of the text attributes in `{...{ title: 'Hello' }}`, also through a constant. */
    function spreadTexts(argument: Node): Node[] {
      const objects = argument.type === 'Identifier' ? (constants.get(nameOf(argument)) ?? []) : [argument]
      return objects
        .flatMap((object) => propertiesOf(withoutTypes(object)))
        .filter(({ key }) => TEXT_ATTRIBUTES.test(key))
        .map(({ value }) => value)
    }
  },
}

/** Whether the value of this element is the text of a button. */
function isButton(element: Node | undefined): boolean {
  return ((element?.['attributes'] as Node[] | undefined) ?? []).some(
    ({ name, value }) =>
      nameOf(name as Node | undefined) === 'type' &&
      /^(?:submit|button|reset)$/.test(nameOf(value as Node | undefined)),
  )
}
