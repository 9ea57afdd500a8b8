import { useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** The content box of an element, measured before the first paint and whenever it changes. */
export function useSize<T extends HTMLElement>(): [RefObject<T | null>, { width: number; height: number }] {
  const element = useRef<T>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return undefined
    const measure = (width: number, height: number) =>
      setSize((now) => (now.width === width && now.height === height ? now : { width, height }))
    const style = getComputedStyle(current)
    measure(
      current.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
      current.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
    )
    const observer = new ResizeObserver(([entry]) => {
      if (entry) measure(Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height))
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return [element, size]
}
