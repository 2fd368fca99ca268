import { DomainError } from '@outlay/domain/errors'
import { daysBetween } from '@outlay/domain/periods/calendar-date'
import { moneyCell, percentCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportSection } from '@outlay/domain/reports/document'
import { CAUSES, type Cause } from '@outlay/domain/reconciliation/variance'
import type { Prices } from '@outlay/domain/rating/review'
import { Catalogues } from '../../catalogue/catalogues.ts'
import { loadCatalogue } from '../../catalogue/load-catalogue.ts'
import { loadTenantRates } from '../../ingest/load-rates.ts'
import {
  acceptedAmount,
  compareStatements,
  type ComparedDay,
  type Comparison,
} from '../../reconciliation/compare-statements.ts'
import { readStatedDays } from '../../sql/read-reconciliation.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** What providers invoiced for the days of the period, beside what was attributed, with every reason for the gap. */
export async function reconciliation(question: ReportQuestion): Promise<ReportSection> {
  return { id: 'reconciliation', heading: 'Against the invoices of the providers', blocks: await blocksOf(question) }
}

async function blocksOf(question: ReportQuestion): Promise<ReportBlock[]> {
  const { db, range, currency } = question
  const stated = await readStatedDays(db, range)
  if (stated.length === 0) {
    return [words("No provider's statement of these days is imported, so nothing is compared.")]
  }
  try {
    const prices = () => readPrices(question)
    return tablesOf(await compareStatements(db, { currency, prices }, range), daysBetween(range.from, range.to))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return [words(`The statements are not compared here: ${error.message}`)]
  }
}

let catalogues: Promise<Catalogues> | null = null

/** The prices that hold for the tenant, read in the snapshot of the report. */
async function readPrices({ holder, tenantId }: ReportQuestion): Promise<Prices> {
  catalogues ??= loadCatalogue().then((shipped) => new Catalogues(shipped))
  const rates = await loadTenantRates(holder, tenantId)
  return { rates, catalogue: await (await catalogues).ofTenant(holder, tenantId) }
}

const CAUSE_NAMES: Record<Cause, string> = {
  TAX: 'Taxes',
  CREDIT: 'Credits and discounts',
  DUPLICATE: 'Days stated more than once',
  FX: 'Other exchange rates',
  TIMING: 'Usage on another day',
  COVERAGE: 'Usage that one side has not seen',
  ROUNDING: 'Rounding',
  TIER: 'Another known price',
  RATE: 'A price that is not known',
  UNEXPLAINED: 'Unexplained',
}

function tablesOf(comparison: Comparison, days: number): ReportBlock[] {
  const { rows, invoiced, attributed, causes, captureRate, uncompared, unconverted } = comparison
  const providers = [...new Set(rows.map(({ provider }) => provider))].sort()
  const line = (name: string, of: readonly ComparedDay[]) => {
    const sum = (amountOf: (row: ComparedDay) => bigint) => of.reduce((added, row) => added + amountOf(row), 0n)
    return [
      textCell(name),
      moneyCell(sum((row) => row.invoiced)),
      moneyCell(sum((row) => row.attributed)),
      moneyCell(sum((row) => row.invoiced - row.attributed)),
      moneyCell(sum(acceptedAmount)),
      moneyCell(sum((row) => row.causes.UNEXPLAINED)),
    ]
  }
  const blocks: ReportBlock[] = [
    {
      kind: 'figures',
      figures: [
        { label: 'Invoiced', value: moneyCell(invoiced), note: `${days} UTC days` },
        { label: 'Attributed on those days', value: moneyCell(attributed), note: null },
        { label: 'Gap', value: moneyCell(invoiced - attributed), note: null },
        {
          label: 'Capture rate',
          value: percentCell(captureRate, 'A statement has money without quantities.'),
          note: 'of the usage that the providers state',
        },
        { label: 'Not compared', value: moneyCell(uncompared), note: 'attributed on days without a statement' },
      ],
    },
    {
      kind: 'table',
      table: {
        id: 'providers',
        title: 'By provider',
        columns: [
          { label: 'Provider', kind: 'text' },
          { label: 'Invoiced', kind: 'money' },
          { label: 'Attributed', kind: 'money' },
          { label: 'Gap', kind: 'money' },
          { label: 'Accepted of it', kind: 'money' },
          { label: 'Unexplained', kind: 'money' },
        ],
        rows: providers.map((provider) =>
          line(
            provider,
            rows.filter((row) => row.provider === provider),
          ),
        ),
        total: line('All providers', rows),
      },
    },
    {
      kind: 'table',
      table: {
        id: 'causes',
        title: 'Why it is not the same',
        columns: [
          { label: 'Cause', kind: 'text' },
          { label: 'Amount', kind: 'money' },
        ],
        rows: CAUSES.map((cause) => [textCell(CAUSE_NAMES[cause]), moneyCell(causes[cause])]),
        total: [textCell('Gap'), moneyCell(invoiced - attributed)],
      },
    },
  ]
  if (unconverted.length > 0) {
    blocks.push(
      words(`${unconverted.length} lines of statements lack the exchange rate of their day and are in no sum.`),
    )
  }
  return blocks
}
