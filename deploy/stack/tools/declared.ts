// The test runner installs the tools that a test file reaches by its imports. This check finds a test that uses another
// one, for example through a program that it starts by a path: it would work here, but not on a machine without the tool.

/** Set by the test runner: the tools of the test file, separated by spaces. */
export const TOOLS_VARIABLE = 'TEST_TOOLS'

export function requireDeclared(tool: string): void {
  const declared = process.env[TOOLS_VARIABLE]
  if (declared === undefined || declared.split(' ').includes(tool)) return
  throw new Error(
    `This test file uses ${tool}, and none of its imports leads there: name the program that it starts with new URL(…, import.meta.url).`,
  )
}
