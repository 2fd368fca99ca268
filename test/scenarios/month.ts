import type { Delivery } from '../oracle/delivery.ts'
import { generateMonth, type MonthPlan } from '../oracle/generate-month.ts'
import { type Answer, type Ledger, replay } from '../oracle/ledger.ts'
import { type Entry, entries } from '../oracle/views.ts'
import { deliver, type RecordAnswer } from '../support/deliver.ts'
import type { TenantClient } from '../support/tenant-client.ts'

/** A generated month in both places: recorded through the product, and replayed by the oracle. */
export interface Month {
  plan: MonthPlan
  tenant: TenantClient
  ledger: Ledger
  /** Every billed event of the oracle. */
  all: Entry[]
  /** The answer of each batch beside the oracle's. */
  answers: { delivery: Delivery; got: RecordAnswer; expected: Answer }[]
}

/** Sends the whole month, one delivery after the other, because the order of arrival decides conflicts and carriers. */
export async function deliverMonth(tenant: TenantClient, plan: MonthPlan): Promise<Month> {
  console.log(`Generated month: seed ${plan.seed}, ${plan.timeZone}, ${plan.range.from} to ${plan.range.to}`)
  const deliveries = generateMonth(plan)
  const ledger = replay(plan, deliveries)
  const answers: Month['answers'] = []
  for (const [index, delivery] of deliveries.entries()) {
    const got = await deliver(tenant, delivery)
    const expected = ledger.answers[index]
    if (got !== null && expected) answers.push({ delivery, got, expected })
  }
  return { plan, tenant, ledger, all: entries(ledger), answers }
}

/** Seeds and zones of the test; OUTLAY_SEED replays another month in all of them. */
export function monthPlans(): MonthPlan[] {
  const seed = Number(process.env['OUTLAY_SEED'] ?? '20261')
  return [
    {
      seed,
      currency: 'GBP',
      timeZone: 'Europe/London',
      range: { from: '2026-10-01', to: '2026-11-01' },
      priceChange: '2026-10-14T09:30:00.123456Z',
      edges: ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-26T00:00:00Z', '2026-10-24T23:00:00Z'],
    },
    {
      seed: seed + 1,
      currency: 'USD',
      timeZone: 'America/New_York',
      range: { from: '2025-11-01', to: '2025-12-01' },
      priceChange: '2025-11-15T05:00:00Z',
      edges: ['2025-11-02T05:00:00Z', '2025-11-02T06:00:00Z', '2025-11-02T04:00:00Z', '2025-11-03T05:00:00Z'],
    },
    {
      seed: seed + 2,
      currency: 'JPY',
      timeZone: 'Australia/Lord_Howe',
      range: { from: '2026-10-01', to: '2026-11-01' },
      priceChange: '2026-10-20T12:00:00.000001Z',
      edges: ['2026-10-03T15:30:00Z', '2026-10-03T13:30:00Z', '2026-10-04T13:00:00Z'],
    },
  ]
}
