import type { ReactNode } from 'react'

/*
 * A table has thousands of cells, and each attribute of each is sent twice: as HTML, and as what React reads of it, where "undefined" is a
 * value too. So a cell carries only what it has.
 */

/** A class of this name, or no attribute at all where there is none. */
export function classOf(name: string): { className?: string } {
  return name === '' ? {} : { className: name }
}

/** What the stylesheet looks for in a cell on a phone: the value beside the row's name, and the cells that have nothing to show. */
export function cellMarks(
  { isMain = false }: { isMain?: boolean | undefined },
  children: ReactNode,
): { 'data-main'?: ''; 'data-empty'?: '' } {
  const isEmpty = children === null || children === undefined || children === ''
  return { ...(isMain ? { 'data-main': '' as const } : {}), ...(isEmpty ? { 'data-empty': '' as const } : {}) }
}
