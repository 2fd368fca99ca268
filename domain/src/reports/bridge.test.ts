import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { bridgeOf, headlineOf } from './bridge.ts'
import type { ReportCell, ReportDocument, ReportSection } from './document.ts'

function documentOf(...sections: ReportSection[]): ReportDocument {
  return {
    kind: 'FINANCE_PACK',
    title: 'Finance pack',
    issuer: 'Firm',
    addressee: null,
    period: { from: '2026-10-01', to: '2026-11-01' },
    timeZone: 'Europe/London',
    currency: 'GBP',
    asOf: '2026-11-02T00:00:00Z',
    sections,
  }
}

const money = (exact: string): ReportCell => ({ kind: 'money', exact })
const unknown: ReportCell = { kind: 'unknown', reason: 'no price' }

function tableOf(rows: readonly (readonly [string, ReportCell])[]): ReportSection {
  return {
    id: 'cost',
    heading: 'Cost',
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'agents',
          title: 'By agent',
          columns: [
            { label: 'Agent', kind: 'text' },
            { label: 'Cost', kind: 'money' },
            { label: 'Share', kind: 'percent' },
          ],
          rows: rows.map(([name, cell]) => [{ kind: 'text', text: name }, cell, { kind: 'percent', exact: '1' }]),
          total: null,
        },
      },
    ],
  }
}

describe('the bridge of two editions', () => {
  it('names what changed, came and went, and adds up', () => {
    const before = documentOf(
      tableOf([
        ['coder', money('10.5')],
        ['writer', money('2')],
        ['old', money('1')],
      ]),
    )
    const after = documentOf(
      tableOf([
        ['coder', money('11')],
        ['writer', money('2')],
        ['new', money('0.25')],
      ]),
    )
    expect(bridgeOf(before, after)).toEqual({
      figures: [],
      tables: [
        {
          section: 'cost',
          heading: 'Cost',
          table: 'agents',
          title: 'By agent',
          column: 'Cost',
          old: '13.5',
          new: '13.25',
          difference: '-0.25',
          lines: [
            { label: 'coder', old: '10.5', new: '11', difference: '0.5' },
            { label: 'new', old: null, new: '0.25', difference: '0.25' },
            { label: 'old', old: '1', new: null, difference: '-1' },
          ],
        },
      ],
    })
  })

  it('says that what was unknown is known now, which a zero would hide', () => {
    const before = documentOf(tableOf([['coder', unknown]]))
    const after = documentOf(tableOf([['coder', money('0')]]))
    expect(bridgeOf(before, after).tables[0]?.lines).toEqual([{ label: 'coder', old: null, new: '0', difference: '0' }])
  })

  it('compares figures of any kind by their names', () => {
    const figures = (cost: string, share: string): ReportSection => ({
      id: 'summary',
      heading: 'Summary',
      blocks: [
        {
          kind: 'figures',
          figures: [
            { label: 'Cost', value: money(cost), note: null },
            { label: 'Attributed', value: { kind: 'percent', exact: share }, note: 'of the cost' },
          ],
        },
      ],
    })
    const after = documentOf(figures('12', '96.9'))
    expect(bridgeOf(documentOf(figures('12', '96.8')), after)).toEqual({
      figures: [{ label: 'Attributed', old: '96.8', new: '96.9', difference: '0.1' }],
      tables: [],
    })
    expect(headlineOf(after).map(({ label }) => label)).toEqual(['Cost', 'Attributed'])
    expect(headlineOf(documentOf())).toEqual([])
  })

  it('is empty between a document and itself, and old + differences = new between any two', () => {
    const cell = fc.oneof(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((value) => money(formatFixed18(value))),
      fc.constant(unknown),
    )
    // Few names, so that rows meet, and stand twice.
    const anyDocument = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'a/2'), cell), { maxLength: 12 })
      .map((rows) => documentOf(tableOf(rows)))
    fc.assert(
      fc.property(anyDocument, anyDocument, (before, after) => {
        expect(bridgeOf(before, before)).toEqual({ figures: [], tables: [] })
        for (const { old, new: now, difference, lines } of bridgeOf(before, after).tables) {
          const sum = lines.reduce((total, line) => total + parseFixed18(line.difference), 0n)
          expect(parseFixed18(old) + sum).toBe(parseFixed18(now))
          expect(sum).toBe(parseFixed18(difference))
          expect(parseFixed18(old)).toBe(costOf(before))
          expect(parseFixed18(now)).toBe(costOf(after))
        }
      }),
    )
  })
})

function costOf({ sections }: ReportDocument): bigint {
  const [block] = sections[0]?.blocks ?? []
  if (block?.kind !== 'table') return 0n
  return block.table.rows.reduce((sum, [, cell]) => sum + (cell?.kind === 'money' ? parseFixed18(cell.exact) : 0n), 0n)
}
