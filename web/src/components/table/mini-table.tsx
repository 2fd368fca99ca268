import type { ReactNode } from 'react'
import { cellMarks, classOf } from './cell-attributes.ts'

interface Head {
  label: string
  isNumber?: boolean
  /** On a phone, the value beside the row's name. One per table. */
  isMain?: boolean
}

interface MiniTableProps {
  label: string
  heads: readonly Head[]
  rows: readonly {
    id: string
    cells: readonly ReactNode[]
    tone?: 'total' | 'remainder'
    /** The panel beside the table shows this row. */
    isOpen?: boolean
  }[]
  /** Long tables scroll within their card. */
  maxHeight?: number
}

/** A plain table inside a card: the Table tab of a chart, a short list. On a phone its rows become name and value lines. */
export function MiniTable({ label, heads, rows, maxHeight }: MiniTableProps) {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={label}
      className="relative overflow-auto pt-2 print:max-h-none!"
      style={{ maxHeight }}
    >
      <table className="table table-reflow" role="table">
        <thead role="rowgroup" data-plain="">
          <tr role="row">
            {heads.map((head) => (
              <th key={head.label} role="columnheader" scope="col" className={head.isNumber ? '!text-right' : ''}>
                {
                  // A unit stays with its comma when a narrow head breaks.
                  head.label.replace(', ', ',\u00a0')
                }
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={row.id} role="row" {...classOf(row.tone ?? '')} {...(row.isOpen ? { 'data-open': '' } : {})}>
              {heads.map((head, index) => (
                <Cell key={head.label} head={head} isFirst={index === 0}>
                  {row.cells[index]}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ head, isFirst, children }: { head: Head; isFirst: boolean; children: ReactNode }) {
  if (isFirst) {
    return (
      <th role="rowheader" scope="row">
        {children}
      </th>
    )
  }
  return (
    <td role="cell" data-label={head.label} {...classOf(head.isNumber ? 'right' : '')} {...cellMarks(head, children)}>
      {children}
    </td>
  )
}
