// Paths in this repository. Relative to this file, so that the rules also work in a copy of the tree.
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

export const inRepo = (path: string): string => relative(root, path).split(sep).join('/')
