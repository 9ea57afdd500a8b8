// What code may use without importing it.

/** The only files of the packages that read environment variables; config.ts receives them. */
export const ENVIRONMENT_READERS: Readonly<Record<string, string>> = {
  'control-plane/src/main.ts': 'passes the environment to config.ts',
  'edge-agent/src/main.ts': 'passes the environment to config.ts',
}

/** Globals that compute with values. Of `Date` and `Math`, rules/globals-rule.ts allows what reads no clock and draws no number. */
export const PURE_GLOBALS: readonly string[] = [
  'undefined NaN Infinity parseInt parseFloat encodeURIComponent decodeURIComponent',
  'Object Array Map Set WeakMap String Number Boolean BigInt Symbol RegExp Error RangeError TypeError',
  'JSON Promise Buffer Uint8Array URL',
].flatMap((names) => names.split(' '))
