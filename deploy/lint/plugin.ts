// The oxlint plugin of this repository.
import { literalTextRule } from './rules/literal-text-rule.ts'
import { mayImportRule } from './rules/may-import-rule.ts'
import { namedNumbersRule } from './rules/named-numbers-rule.ts'

export default {
  meta: { name: 'levee' },
  rules: {
    'literal-text': literalTextRule,
    'may-import': mayImportRule,
    'named-numbers': namedNumbersRule,
  },
}
