import type { Locator } from 'playwright-core'
import { oneLine } from './visitor.ts'

/** One row of a table by the heads of its columns: what is printed, and what the pointer is told. */
export type Row = Record<string, { text: string; title: string | null }>

/** The rows of a part of a table (`tbody`, `tfoot`) by their column heads. */
export async function rowsOf(table: Locator, part: 'tbody' | 'tfoot' = 'tbody'): Promise<Row[]> {
  const heads = (await table.locator('thead th').allInnerTexts()).map(oneLine)
  const rows = await table.locator(`${part} tr`).all()
  return Promise.all(
    rows.map(async (row) => {
      const read: Row = {}
      let column = 0
      for (const cell of await row.locator('th, td').all()) {
        const titled = cell.locator('[title]').first()
        const title = (await titled.count()) === 0 ? null : await titled.getAttribute('title')
        read[heads[column] ?? String(column)] = { text: oneLine(await cell.innerText()), title }
        // A cell may stand for several columns; the ones after it still belong to their heads.
        column += Number((await cell.getAttribute('colspan')) ?? '1')
      }
      return read
    }),
  )
}

/** `£1,240.000015` or `−3` as the plain decimal text of the API. */
export function plainDecimal(printed: string | null): string {
  if (printed === null) throw new Error('There is no exact value.')
  return printed.replace(/[£$€,\s]/g, '').replace('\u2212', '-')
}

/** A decimal text as a whole number of 10^-18. */
export function scaled(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{0,18}))?$/.exec(text)
  if (match === null) throw new Error(`${text} is not a decimal.`)
  const [, sign, integer = '0', fraction = ''] = match
  const value = BigInt(integer + fraction.padEnd(18, '0'))
  return sign === '-' ? -value : value
}

export function unscaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(19, '0')
  const fraction = digits.slice(-18).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -18)}${fraction === '' ? '' : `.${fraction}`}`
}
