import { Component, type ReactNode } from 'react'

type Props = { children: ReactNode; instead: ReactNode }

/** Keeps a fault of ours where it happens: what stands around it goes on. */
export class Fallible extends Component<Props, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.instead : this.props.children
  }
}
