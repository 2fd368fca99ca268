import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { addMonths, firstOfMonth } from '../periods/calendar-date.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { chargeMonths, type Charge } from './charge-months.ts'
import { checkTerms, type TermsWish } from './check-terms.ts'
import type { PeriodFacts } from './facts.ts'

const NOTHING: TermsWish = {
  ...{
    model: 'PASS_THROUGH',
    basis: null,
    markup: null,
    markupFloor: null,
    markupCap: null,
    prices: null,
    price: null,
  },
  ...{ unit: null, allowance: null, overagePrice: null, carryOverMonths: null, carryOverMax: null, isProrated: null },
  ...{ reversalDays: null, incrementMinutes: null, discount: null, minimum: null, cap: null, credit: null },
}

/** Terms in pounds with nothing but what is named. */
export function wish(named: Partial<TermsWish> & Pick<TermsWish, 'model'>): TermsWish {
  return { ...NOTHING, ...named }
}

/** What was used, written short: costs as `{ T1: '10.005' }`, the key '' being no task. */
export interface Used {
  month?: string
  from?: string
  to?: string
  costs?: Record<string, string>
  tokens?: string
  invocations?: bigint
  completed?: string[]
  reversed?: [task: string, completedOn: string, reversedOn: string][]
  agents?: [agent: string, firstOn: string][]
  /** Minutes after the start of the month. */
  intervals?: [task: string, start: number, end: number][]
}

export function facts(used: Used = {}): PeriodFacts {
  const month = used.month ?? firstOfMonth(used.from ?? '2026-06-01')
  const startMs = Date.parse(month)
  return {
    month,
    from: used.from ?? month,
    to: used.to ?? addMonths(month, 1),
    costs: Object.entries(used.costs ?? {}).map(([task, cost]) => ({
      taskId: task === '' ? null : task,
      label: task === '' ? 'Cost in no task' : task,
      cost: parseFixed18(cost),
    })),
    tokens: parseQuantity(used.tokens ?? '0'),
    invocations: used.invocations ?? 0n,
    completed: (used.completed ?? []).map((task) => ({ taskId: task, label: task })),
    reversed: (used.reversed ?? []).map(([task, completedOn, reversedOn]) => ({
      ...{ taskId: task, label: task, completedOn, reversedOn },
    })),
    agents: (used.agents ?? []).map(([agent, firstOn]) => ({ agentId: agent, label: agent, firstOn })),
    intervals: (used.intervals ?? []).map(([task, start, end]) => ({
      ...{ taskId: task, label: task, startMs: startMs + start * 60_000, endMs: startMs + end * 60_000 },
    })),
  }
}

export function charge(terms: TermsWish, ...months: Used[]): Charge[] {
  return chargeMonths(checkTerms(terms, 'GBP'), months.map(facts), 2)
}

/** `COST 1 × 10.005 = 10.00`. */
export function written({ lines }: Charge): string[] {
  return lines.map(({ kind, quantity, unitPrice, amount }) => {
    const product = `${formatFixed18(quantity)} × ${formatFixed18(unitPrice, 2)}`
    return `${kind} ${product} = ${formatFixed18(amount, 2)}`
  })
}
