// An operator: signed in on the operations page, or with the operator key over HTTP.
import assert from 'node:assert/strict'
import type { FleetView, NodeView } from '@levee/control-plane/contract'
import type { Browser, Locator } from 'playwright-core'
import type { StackView } from '../../../deploy/stack/shared.ts'
import { newVisitor, type Look, type Visitor } from './browser.ts'

export type NodeCommand = 'cordon' | 'uncordon' | 'drain'

/** The header of requests that an operator's script sends. */
export const operatorHeaders = ({ operatorKey }: StackView) => ({ authorization: `Bearer ${operatorKey}` })

export async function commandNode(
  stack: StackView,
  node: string,
  verb: NodeCommand,
  wish?: object,
): Promise<void> {
  const reply = await fetch(`${stack.url}/v1/nodes/${node}/${verb}`, {
    method: 'POST',
    headers: { ...operatorHeaders(stack), ...(wish && { 'content-type': 'application/json' }) },
    ...(wish && { body: JSON.stringify(wish) }),
  })
  assert.equal(reply.status, 204, await reply.text())
}

export async function viewFleet(stack: StackView): Promise<FleetView> {
  const reply = await fetch(`${stack.url}/v1/fleet`, { headers: operatorHeaders(stack) })
  assert.ok(reply.ok, `${reply.status}`)
  return (await reply.json()) as FleetView
}

export async function viewNode(stack: StackView, id: string): Promise<NodeView> {
  const view = (await viewFleet(stack)).nodes.find(({ node }) => node === id)
  assert.ok(view, `no node ${id}`)
  return view
}

export interface Operator extends Visitor {
  dialog: Locator
  /** Resolves when a screen reader has this text to announce. */
  hears: (text: string) => Promise<void>
}

/** Opens a page of operations and signs in. `ours`: see newVisitor. */
export async function openOps(
  browser: Browser,
  stack: StackView,
  {
    look = {},
    path = '/ops',
    ours = [stack.url],
  }: { look?: Look; path?: string; ours?: readonly string[] } = {},
): Promise<Operator> {
  const visitor = await newVisitor(browser, ours, look)
  const { page } = visitor
  await page.goto(stack.url + path)
  await page.getByLabel('Operator key').fill(stack.operatorKey)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  const announcements = page.getByRole('status')
  return {
    ...visitor,
    dialog: page.getByRole('dialog'),
    hears: (text) => announcements.getByText(text, { exact: true }).waitFor(),
  }
}
