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
  /** Minutes by task that closed months became longer by. */
  late?: Record<string, number>
}

export function facts(used: Used = {}): PeriodFacts {
  const month = used.month ?? firstOfMonth(used.from ?? '2026-06-01')
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
    time: timeOf(used.intervals ?? [], used.late ?? {}),
  }
}

/** Each minute of a task counted once, by laying its minutes out; in the order of the tasks. */
export function timeOf(
  intervals: readonly (readonly [task: string, start: number, end: number])[],
  late: Readonly<Record<string, number>> = {},
): PeriodFacts['time'] {
  const tasks = new Map<string, Set<number>>(Object.keys(late).map((task) => [task, new Set()]))
  for (const [task, start, end] of intervals) {
    const minutes = tasks.get(task) ?? new Set()
    for (let minute = start; minute < end; minute += 1) minutes.add(minute)
    tasks.set(task, minutes)
  }
  return [...tasks].map(([task, minutes]) => {
    const lateMicros = BigInt(late[task] ?? 0) * 60_000_000n
    return { taskId: task, label: task, micros: BigInt(minutes.size) * 60_000_000n + lateMicros, lateMicros }
  })
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
