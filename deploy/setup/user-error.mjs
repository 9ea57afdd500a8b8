// Errors that a user can fix, printed as one sentence without a stack trace.

/** An error that the user can fix. Its message is a sentence that says what to do. */
export class UserError extends Error {
  /** @param {string} sentence @param {string} [detail] last lines of output, printed above the sentence */
  constructor(sentence, detail = '') {
    super(sentence)
    this.detail = detail
  }
}

/**
 * Prints a UserError, or a system error that `explainFault` knows, as a sentence; any other error with its stack trace.
 * @param {unknown} error
 */
export function printUserError(error) {
  const known = error instanceof UserError ? undefined : explainFault(String(error))
  const { message, detail } =
    error instanceof UserError ? error : { message: known, detail: known && String(error) }
  if (message === undefined) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  else process.stderr.write(`${detail ? `${detail.replace(/^/gm, '  │ ')}\n` : ''}  ✗ ${message}\n`)
}

/**
 * Returns a sentence for faults that look the same in the output of every tool: a full disk, missing permissions, a wrong hash.
 * @param {string} output
 */
export function explainFault(output) {
  if (/ENOSPC|no space left on device|disk quota exceeded/i.test(output))
    return 'The disk is full: free at least 2 GB, or point LEVEE_CACHE_DIR (tools) and LEVEE_DATA_DIR (meetings) at a disk with enough space, and run the command again.'
  if (/EACCES|EPERM|permission denied|read-only file system|EROFS/i.test(output))
    return 'No permission to write there: give this user access to the folder named above, or point LEVEE_CACHE_DIR (tools) or LEVEE_DATA_DIR (meetings) at a folder that this user can write.'
  if (/EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY|checksum mismatch|SECURITY ERROR/.test(output))
    return 'A downloaded file does not have the hash that this repository pins, so nothing was installed: check the registry or proxy that it came from, named above.'
  return undefined
}
