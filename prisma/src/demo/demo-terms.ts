import type { Pool } from 'pg'
import type { TermsWish } from '@outlay/domain/billing/check-terms'
import type { RevenueSource } from '@outlay/domain/billing/revenue'
import { invariant } from '@outlay/domain/errors'
import { firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { setEngagement } from '../billing/set-engagement.ts'
import { DEMO_TENANT } from './fleet.ts'

interface DemoTerms {
  of: { clientKey: string } | { projectKey: string }
  terms: Partial<TermsWish> & Pick<TermsWish, 'model'>
  /** Where its revenue comes from; BILLED unless it is said. */
  revenueSource?: RevenueSource
  note: string
}

const NOTHING: Omit<TermsWish, 'model'> = {
  ...{ basis: null, markup: null, markupFloor: null, markupCap: null, prices: null, price: null, unit: null },
  ...{ allowance: null, overagePrice: null, carryOverMonths: null, carryOverMax: null, isProrated: null },
  ...{ reversalDays: null, incrementMinutes: null, discount: null, minimum: null, cap: null, credit: null },
}

/**
 * One engagement of each model. Their prices are invented, near what the demo's clients are billed. What Halden is charged is its revenue; of the
 * others it is what their tasks were billed at, so that the two can be compared.
 */
export const DEMO_TERMS: readonly DemoTerms[] = [
  {
    of: { clientKey: 'halden' },
    terms: {
      ...{ model: 'RETAINER', price: '2400', unit: 'TASKS', allowance: '180', overagePrice: '15' },
      ...{ carryOverMonths: 1, carryOverMax: '20' },
    },
    revenueSource: 'CHARGES',
    note: 'Retainer of the year',
  },
  {
    of: { projectKey: 'halden-search' },
    terms: { model: 'PER_TASK', price: '12' },
    revenueSource: 'CHARGES',
    note: 'Agreed apart from the retainer',
  },
  {
    of: { clientKey: 'meridian' },
    terms: {
      model: 'RATE_CARD',
      prices: [
        {
          ...{ unit: 'TASKS', mode: 'GRADUATED' },
          steps: [
            { above: '0', price: '4', per: '1' },
            { above: '500', price: '2.5', per: '1' },
          ],
        },
        { unit: 'TOKENS', mode: 'VOLUME', steps: [{ above: '0', price: '2', per: '1000000' }] },
      ],
      minimum: '1500',
    },
    note: 'Price list of the framework agreement',
  },
  {
    of: { clientKey: 'northwind' },
    terms: { model: 'COST_PLUS', markup: '0.25', markupFloor: '100', discount: '0.02' },
    note: 'Open book',
  },
  { of: { clientKey: 'kestrel' }, terms: { model: 'PASS_THROUGH', cap: '2000' }, note: 'Pilot at cost' },
  {
    of: { clientKey: 'corvid' },
    terms: { model: 'OUTCOME', price: '1.2', reversalDays: 30, credit: '100' },
    note: 'Only what was accepted',
  },
  { of: { clientKey: 'ostrava' }, terms: { model: 'PER_AGENT', price: '240' }, note: 'Agents by subscription' },
  {
    of: { projectKey: 'supplier-review' },
    terms: { model: 'TIME', price: '75', incrementMinutes: 6 },
    note: 'By the hour until the scope is agreed',
  },
]

/**
 * Sets the demo's terms from the present month on. The months before have none: they are those of the worked example, with billed amounts
 * alone. Said again it changes nothing.
 */
export async function setDemoTerms(deps: { pool: Pool; nowMs: number }, tenantId: string): Promise<void> {
  const effectiveFrom = firstOfMonth(today(deps.nowMs, DEMO_TENANT.timeZone))
  for (const { of, terms, revenueSource = 'BILLED', note } of DEMO_TERMS) {
    const wish = {
      ...{ projectKey: null, clientKey: null, ...of, effectiveFrom, effectiveTo: null },
      ...{ terms: { ...NOTHING, ...terms }, revenueSource, note },
    }
    const asked = { wish, currency: DEMO_TENANT.currency, by: 'the demo' }
    const { userErrors } = await setEngagement(deps, tenantId, asked)
    invariant(userErrors.length === 0, `The demo's terms were refused: ${userErrors[0]?.message}`)
  }
}
