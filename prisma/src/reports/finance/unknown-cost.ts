import { countCell, moneyCell, percentCell, quantityCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportSection } from '@outlay/domain/reports/document'
import { parseFixed18, ratio } from '@outlay/domain/money/fixed18'
import { parseQuantitySum } from '@outlay/domain/usage/quantity'
import { NO_SUMS, totalOf } from '../../sql/cell-sums.ts'
import { readAllocatedRemainders } from '../../sql/read-allocated.ts'
import { readRemainderSums } from '../../sql/read-fleet.ts'
import { readFleetFull } from '../../sql/read-fleet-full.ts'
import { readUnconverted, readUnpriced } from '../../sql/read-unpriced.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** What has no agent, task or client, and what is in no amount because its price or exchange rate is not known. */
export async function unknownCost(question: ReportQuestion): Promise<ReportSection> {
  return {
    id: 'unknown',
    heading: 'Not attributed, not priced',
    blocks: [...(await remainders(question)), ...(await unpriced(question)), ...(await unconverted(question))],
  }
}

async function remainders({ db, range, timeZone, fractions }: ReportQuestion): Promise<ReportBlock[]> {
  const { sums } = await readFleetFull(db, { ranges: [range], timeZone })
  const total = totalOf(sums[0] ?? NO_SUMS)
  const missing = await readRemainderSums(db, range)
  const shares = await readAllocatedRemainders(db, fractions)
  const row = (tag: string, amount: bigint) => [
    textCell(tag),
    moneyCell(amount),
    percentCell(ratio(amount, total, 6), 'The period cost nothing.'),
  ]
  return [
    {
      kind: 'table',
      table: {
        id: 'no-tag',
        title: 'Cost without a tag; one amount may lack several',
        columns: [
          { label: 'Tag', kind: 'text' },
          { label: 'Cost without it', kind: 'money' },
          { label: 'Share of the fleet', kind: 'percent' },
        ],
        rows: [
          row('Agent', parseFixed18(missing.agent)),
          row('Task', parseFixed18(missing.task) + shares.task),
          row('Client', parseFixed18(missing.client) + shares.client),
        ],
        total: null,
      },
    },
  ]
}

async function unpriced({ db, start, end }: ReportQuestion): Promise<ReportBlock[]> {
  const found = await readUnpriced(db, { start, end })
  if (found.length === 0) return [words('Every invocation of the period has a price.')]
  return [
    {
      kind: 'table',
      table: {
        id: 'no-price',
        title: 'Usage without a price: it is in no amount, and not free',
        columns: [
          { label: 'Provider', kind: 'text' },
          { label: 'Resource', kind: 'text' },
          { label: 'Meter', kind: 'text' },
          { label: 'Invocations', kind: 'quantity' },
          { label: 'Quantity', kind: 'quantity' },
          { label: 'Tasks', kind: 'quantity' },
        ],
        rows: found.map(({ provider, resource, meter, invocations, quantity, tasks }) => [
          textCell(provider ?? 'None named'),
          textCell(resource ?? 'None named'),
          textCell(meter),
          countCell(BigInt(invocations)),
          quantityCell(parseQuantitySum(quantity)),
          countCell(BigInt(tasks)),
        ]),
        total: null,
      },
    },
  ]
}

async function unconverted({ db, start, end, currency }: ReportQuestion): Promise<ReportBlock[]> {
  const found = await readUnconverted(db, { start, end, currency })
  if (found.length === 0) return []
  const byCurrency = new Map<string, { days: number; invocations: bigint }>()
  for (const { currency: from, invocations } of found) {
    const { days, invocations: sum } = byCurrency.get(from) ?? { days: 0, invocations: 0n }
    byCurrency.set(from, { days: days + 1, invocations: sum + BigInt(invocations) })
  }
  return [
    {
      kind: 'table',
      table: {
        id: 'no-rate',
        title: 'Usage whose exchange rate is not published: it is in no amount',
        columns: [
          { label: 'Currency', kind: 'text' },
          { label: 'Days', kind: 'quantity' },
          { label: 'Invocations', kind: 'quantity' },
        ],
        rows: [...byCurrency].map(([from, { days, invocations }]) => [
          textCell(from),
          countCell(days),
          countCell(invocations),
        ]),
        total: null,
      },
    },
  ]
}
