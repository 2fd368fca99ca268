import { percentWords } from '../alerts/money-words.ts'
import type { ChargeLine, ChargeLineKind } from '../billing/charge-line.ts'
import type { BillingModel, BillingTerms, ClientPrice } from '../billing/terms.ts'
import { unitWords } from '../billing/used-quantity.ts'
import { formatFixed18, type Fixed18 } from '../money/fixed18.ts'
import { formatQuantity } from '../usage/quantity.ts'
import { formatUnitPrice } from '../usage/unit-price.ts'
import type { ClientLine, ClientRate } from './client-view.ts'

/** How an amount is written: with the decimals of the currency. */
export type WriteMoney = (amount: Fixed18) => string

/** The kinds of line that are of a task, by model: their amounts are what the task is charged. Other kinds have no task. */
const OF_A_TASK: Record<BillingModel, readonly ChargeLineKind[]> = {
  PASS_THROUGH: ['COST'],
  // One without the other would tell the cost.
  COST_PLUS: ['COST', 'MARKUP'],
  RATE_CARD: [],
  PER_TASK: ['TASK'],
  RETAINER: [],
  PER_AGENT: [],
  OUTCOME: ['OUTCOME', 'REVERSAL'],
  TIME: ['TIME'],
}

/**
 * Whether the charge of the work may stand by itself. Of cost-plus with a least or most markup it may not: the work would be cost × (1 + markup)
 * and the total cost + bound, and two months of both give cost and markup.
 *
 *     months of 115.00 and 230.00 by work, 1,100.00 and 1,200.00 in all // 115.00 of work for 100.00 of cost: markup 0.15
 */
export function tellsWork(terms: BillingTerms): boolean {
  return terms.model !== 'COST_PLUS' || (terms.markupFloor === null && terms.markupCap === null)
}

/** What each task is charged, by its id; null where the terms do not charge by task, or may not tell it. */
export function chargesByTask(terms: BillingTerms, lines: readonly ChargeLine[]): ReadonlyMap<string, Fixed18> | null {
  const kinds = OF_A_TASK[terms.model]
  if (kinds.length === 0 || !tellsWork(terms)) return null
  const charges = new Map<string, Fixed18>()
  for (const { kind, taskId, amount } of lines) {
    if (taskId !== null && kinds.includes(kind)) charges.set(taskId, (charges.get(taskId) ?? 0n) + amount)
  }
  return charges
}

/** The lines of a charge that its client may see, put together so that they say what is charged and not what it cost. Σ amount is kept. */
export function clientLines(terms: BillingTerms, lines: readonly ChargeLine[], money: WriteMoney): ClientLine[] {
  return [...usedLines(terms, lines, money), ...adjustments(lines, money)]
}

function usedLines(terms: BillingTerms, lines: readonly ChargeLine[], money: WriteMoney): ClientLine[] {
  const of = (...kinds: ChargeLineKind[]) => lines.filter(({ kind }) => kinds.includes(kind))
  switch (terms.model) {
    case 'PASS_THROUGH':
      return byWork(of('COST'), 'Work outside tasks', money)
    case 'COST_PLUS':
      return tellsWork(terms)
        ? byWork(of('COST', 'MARKUP'), 'Work outside tasks', money)
        : [plain('The work, and what the agreement adds for the month', sum(of('COST', 'MARKUP')), money)]
    case 'RATE_CARD':
      return of('USAGE').map((line) => priced(line, line.description, money))
    case 'PER_TASK':
      return together(of('TASK'), 'Completed tasks', 'tasks', money)
    case 'RETAINER':
      return [
        ...of('FEE').map((line) => plain(line.description, line.amount, money)),
        ...of('ALLOWANCE').map((line) => ({ ...priced(line, line.description, money), unitPrice: null })),
        ...of('OVERAGE').map((line) => priced(line, line.description, money)),
      ]
    case 'PER_AGENT':
      // The agents are what is paid for, so this model alone names them.
      return of('AGENT').map((line) => priced(line, line.description, money))
    case 'OUTCOME':
      return [
        ...together(of('OUTCOME'), 'Outcomes', 'outcomes', money),
        ...together(of('REVERSAL'), 'Outcomes taken back', 'outcomes', money),
      ]
    case 'TIME':
      return together(of('TIME'), 'Time on tasks', 'hours', money)
    default:
      return terms satisfies never
  }
}

function byWork(lines: readonly ChargeLine[], rest: string, money: WriteMoney): ClientLine[] {
  const inTasks = lines.filter(({ taskId }) => taskId !== null)
  const tasks = new Set(inTasks.map(({ taskId }) => taskId)).size
  const other = sum(lines.filter(({ taskId }) => taskId === null))
  return [
    ...(tasks === 0
      ? []
      : [{ ...plain('Work on tasks', sum(inTasks), money), quantity: String(tasks), unit: 'tasks' }]),
    ...(other === 0n ? [] : [plain(rest, other, money)]),
  ]
}

/** Lines at one price, as one. */
function together(lines: readonly ChargeLine[], what: string, unit: string, money: WriteMoney): ClientLine[] {
  const [first] = lines
  if (first === undefined) return []
  const quantity = lines.reduce((total, line) => total + line.quantity, 0n)
  return [
    {
      what,
      quantity: formatFixed18(quantity),
      unit,
      unitPrice: formatFixed18(first.unitPrice, 2),
      amount: money(sum(lines)),
    },
  ]
}

function priced({ quantity, unit, unitPrice, amount }: ChargeLine, what: string, money: WriteMoney): ClientLine {
  return {
    what,
    quantity: formatFixed18(quantity),
    unit,
    unitPrice: formatFixed18(unitPrice, 2),
    amount: money(amount),
  }
}

function plain(what: string, amount: Fixed18, money: WriteMoney): ClientLine {
  return { what, quantity: null, unit: null, unitPrice: null, amount: money(amount) }
}

function adjustments(lines: readonly ChargeLine[], money: WriteMoney): ClientLine[] {
  return lines.flatMap(({ kind, description, quantity, amount }) => {
    if (kind === 'DISCOUNT') return [plain(`Discount of ${percentWords(-quantity)}`, amount, money)]
    return kind === 'CAP' || kind === 'MINIMUM' || kind === 'CREDIT' ? [plain(description, amount, money)] : []
  })
}

function sum(lines: readonly ChargeLine[]): Fixed18 {
  return lines.reduce((total, { amount }) => total + amount, 0n)
}

/** What was agreed, as far as it is the client's to know: of cost-plus neither the markup nor its bounds. */
export function clientRates(terms: BillingTerms): ClientRate[] {
  return [...modelRates(terms), ...adjustmentRates(terms)]
}

function modelRates(terms: BillingTerms): ClientRate[] {
  switch (terms.model) {
    case 'PASS_THROUGH':
    case 'COST_PLUS':
      return []
    case 'RATE_CARD':
      return terms.prices.flatMap(stepRates)
    case 'PER_TASK':
      return [price('Each completed task', terms.price)]
    case 'RETAINER':
      return [
        price('Each month', terms.fee),
        {
          what: 'Included each month',
          amount: null,
          quantity: formatQuantity(terms.allowance),
          unit: unitWords(terms.unit),
        },
        { what: 'Beyond it, each', amount: formatUnitPrice(terms.overagePrice, 2), quantity: null, unit: null },
      ]
    case 'PER_AGENT':
      return [price('Each agent and month', terms.price)]
    case 'OUTCOME':
      return [price('Each outcome', terms.price)]
    case 'TIME':
      return [price('Each hour', terms.hourlyRate)]
    default:
      return terms satisfies never
  }
}

function stepRates({ unit, steps }: ClientPrice): ClientRate[] {
  return steps.map(({ above, unitPrice }) => {
    const beyond = above === 0n ? '' : ` beyond ${formatQuantity(above)}`
    const what = `Each of ${unitWords(unit)}${beyond}`
    return { what, amount: formatUnitPrice(unitPrice, 2), quantity: null, unit: null }
  })
}

function adjustmentRates({ minimum, cap }: BillingTerms): ClientRate[] {
  return [
    ...(minimum === null ? [] : [price('At least, each month', minimum)]),
    ...(cap === null ? [] : [price('At most, each month', cap)]),
  ]
}

function price(what: string, amount: Fixed18): ClientRate {
  return { what, amount: formatFixed18(amount, 2), quantity: null, unit: null }
}
