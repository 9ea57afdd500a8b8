/** Which imports the files of one folder may have. */
export interface Row {
  /** Folder or file of this repository. Of several rows that match a file, the longest path decides. */
  readonly path: string
  /** Folders and files of this repository, and packages of this workspace. */
  readonly may: readonly string[]
  /** The same, for `import type` only. */
  readonly types?: readonly string[]
  /** Packages by name or scope; absent: any. `name#a,b`: only these exports of it. */
  readonly packages?: readonly string[]
  /** Completes the error message. */
  readonly because: string
}

/** Values that both ends share: the agent and the client use them too. */
export const PROTOCOL = '@levee/control-plane/protocol'
export const CONTRACT = '@levee/control-plane/contract'
/** Starts the other packages as processes; tests and benchmarks use it. */
export const STACK = ['deploy/stack', 'deploy/setup', '@levee/deploy']
