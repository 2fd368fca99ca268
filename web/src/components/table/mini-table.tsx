import type { ReactNode } from 'react'

interface MiniTableProps {
  label: string
  heads: readonly { label: string; isNumber?: boolean }[]
  rows: readonly { id: string; cells: readonly ReactNode[]; tone?: 'total' | 'remainder' }[]
  /** Long tables scroll within their card. */
  maxHeight?: number
}

/** A plain table inside a card: the Table tab of a chart, a short list. */
export function MiniTable({ label, heads, rows, maxHeight }: MiniTableProps) {
  return (
    <div tabIndex={0} role="region" aria-label={label} className="relative overflow-auto pt-2" style={{ maxHeight }}>
      <table className="table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head.label} scope="col" className={head.isNumber ? '!text-right' : ''}>
                {head.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.tone}>
              {row.cells.map((cell, index) =>
                index === 0 ? (
                  <th key={heads[0]?.label} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={heads[index]?.label ?? index} className={heads[index]?.isNumber ? 'right' : ''}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
