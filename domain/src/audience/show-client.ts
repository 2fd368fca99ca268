import type { Charge } from '../billing/charge-months.ts'
import type { BillingModel, BillingTerms, BillingUnit } from '../billing/terms.ts'
import { unitWords } from '../billing/used-quantity.ts'
import { minorUnits } from '../money/currency.ts'
import { formatFixed18, type Fixed18 } from '../money/fixed18.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { addDays, addMonths, type CalendarDate } from '../periods/calendar-date.ts'
import { formatQuantity, QUANTITY6_SCALE } from '../usage/quantity.ts'
import type { Brand } from './brand.ts'
import { clientDaily, type UsedOnDay } from './client-daily.ts'
import { chargesByTask, clientLines, clientRates, type WriteMoney } from './client-lines.ts'
import type { ClientAgreement, ClientTask, ClientView } from './client-view.ts'

/** The charge of one engagement for the month, with the terms it was made by. */
export interface ChargedEngagement {
  /** null: of the client as a whole. */
  projectId: string | null
  projectName: string | null
  startsOn: CalendarDate
  terms: BillingTerms
  charge: Charge
  days: readonly UsedOnDay[]
  /** The day of each task that was completed under the terms, where they count tasks. */
  completed: readonly CalendarDate[]
  /** Usage without a price, which is in no cost. */
  hasUnpriced: boolean
}

/** A task of the client: completed in the month, or charged in it. */
export interface WorkedTask {
  taskId: string
  title: string
  projectId: string | null
  projectName: string | null
  /** null: not yet. */
  completedOn: CalendarDate | null
  invocations: bigint
  agents: number
}

/** What the view of a month is made of. */
export interface ClientFacts {
  firm: string
  brand: Brand | null
  client: string
  /** First day of the month. */
  month: CalendarDate
  today: CalendarDate
  currency: string
  timeZone: string
  engagements: readonly ChargedEngagement[]
  tasks: readonly WorkedTask[]
  /** The most tasks that are listed. */
  tasksMax: number
}

/** How a model charges, said to who pays. */
const WORDS: Record<BillingModel, string> = {
  PASS_THROUGH: 'What the work costs, passed on as it is',
  COST_PLUS: 'By the work that was done',
  RATE_CARD: 'By a price list',
  PER_TASK: 'A fixed price for each completed task',
  RETAINER: 'A monthly fee with an allowance',
  PER_AGENT: 'A monthly subscription for each agent',
  OUTCOME: 'A price for each outcome',
  TIME: 'By the hour',
}

const WHY: Record<BillingModel, string> = {
  PASS_THROUGH: 'Charged at what it cost.',
  COST_PLUS: 'Charged by the work that went into it.',
  RATE_CARD: 'Charged by the price list.',
  PER_TASK: 'Charged at the price of a completed task.',
  RETAINER: 'Part of the retainer.',
  PER_AGENT: 'Part of the subscription.',
  OUTCOME: 'Charged as an outcome.',
  TIME: 'Charged by the time it took.',
}

/**
 * What a client is shown of a month (law L28): each field is named here and made of what the billing model of its engagement allows; nothing is
 * copied whole and then cut down. What a quantity would tell of the cost, since prices of providers are public, is shown only where the
 * client pays by it.
 *
 *     cost 100.00, markup 0.15            // charge 115.00; neither 100.00 nor 0.15 nor tokens
 *     1,500 tokens at the price of a card // quantity, price and charge
 */
export function showClient(facts: ClientFacts): ClientView {
  const { firm, brand, client, month, today, currency, timeZone, engagements, tasksMax } = facts
  const decimals = minorUnits(currency)
  const money: WriteMoney = (amount) => formatFixed18(amount, decimals)
  const to = addMonths(month, 1)
  const tasks = shownTasks(facts, money)
  return {
    firm,
    brand,
    client,
    month,
    to,
    isSoFar: to > today,
    currency,
    timeZone,
    agreements: engagements.map((engagement) => agreementOf(engagement, { money, decimals })),
    total: money(engagements.reduce((sum, { charge }) => sum + charge.total, 0n)),
    delivered: facts.tasks.filter((task) => isDelivered(task, facts)).length,
    taskCount: tasks.length,
    tasks: tasks.slice(0, tasksMax),
    days: daysOf(facts),
  }
}

function agreementOf(
  engagement: ChargedEngagement,
  { money, decimals }: { money: WriteMoney; decimals: number },
): ClientAgreement {
  const { projectName, startsOn, terms, charge, hasUnpriced } = engagement
  return {
    project: projectName,
    model: terms.model,
    words: WORDS[terms.model],
    since: startsOn,
    from: charge.from,
    to: charge.to,
    rates: clientRates(terms),
    lines: clientLines(terms, charge.lines, money),
    total: money(charge.total),
    allowance: allowanceOf(terms, charge),
    daily: clientDaily(engagement, { money, decimals }),
    isProvisional: 'basis' in terms && hasUnpriced,
  }
}

const QUANTITY_FACTOR = powerOfTen(18 - QUANTITY6_SCALE)

function allowanceOf(terms: BillingTerms, { allowance, lines }: Charge): ClientAgreement['allowance'] {
  if (terms.model !== 'RETAINER' || allowance === null) return null
  const included: Fixed18 = allowance * QUANTITY_FACTOR
  const used = lines
    .filter(({ kind }) => kind === 'ALLOWANCE' || kind === 'OVERAGE')
    .reduce((sum, { quantity }) => sum + quantity, 0n)
  return {
    unit: unitWords(terms.unit),
    included: formatFixed18(included),
    used: formatFixed18(used),
    left: formatFixed18(used < included ? included - used : 0n),
  }
}

function isDelivered({ completedOn }: WorkedTask, { month }: Pick<ClientFacts, 'month'>): boolean {
  return completedOn !== null && completedOn >= month && completedOn < addMonths(month, 1)
}

function shownTasks(facts: ClientFacts, money: WriteMoney): ClientTask[] {
  const charges = facts.engagements.flatMap(({ terms, charge }) => chargesByTask(terms, charge.lines) ?? [])
  const chargeOf = (taskId: string) => {
    const found = charges.flatMap((byTask) => byTask.get(taskId) ?? [])
    return found.length === 0 ? null : found.reduce((sum, amount) => sum + amount, 0n)
  }
  return facts.tasks
    .flatMap((task) => {
      const charge = chargeOf(task.taskId)
      return charge === null && !isDelivered(task, facts) ? [] : [{ task, charge }]
    })
    .sort((a, b) => byDelivery(a.task, b.task))
    .map(({ task, charge }) => {
      const { title, projectName, completedOn, invocations, agents } = task
      return {
        title,
        project: projectName,
        deliveredOn: completedOn,
        ran: ranWords(invocations, agents),
        why: whyOf(task, facts.engagements, charge !== null),
        charge: charge === null ? null : money(charge),
      }
    })
}

function byDelivery(a: WorkedTask, b: WorkedTask): number {
  const [first, second] = [a.completedOn ?? '', b.completedOn ?? '']
  if (first !== second) return first > second ? -1 : 1
  return a.title < b.title ? -1 : a.title > b.title ? 1 : 0
}

/** `12 steps by 2 agents`: how much ran, and neither which models and tools nor what they were told. */
function ranWords(invocations: bigint, agents: number): string {
  if (invocations <= 0n) return 'Nothing ran for it.'
  const steps = invocations === 1n ? '1 step' : `${String(invocations).replace(/\B(?=(\d{3})+$)/g, ',')} steps`
  return agents === 0 ? `${steps}.` : `${steps} by ${agents === 1 ? '1 agent' : `${agents} agents`}.`
}

function whyOf(task: WorkedTask, engagements: readonly ChargedEngagement[], isCharged: boolean): string {
  const { projectId, completedOn } = task
  const isIn = ({ charge }: ChargedEngagement) =>
    completedOn === null || (completedOn >= charge.from && completedOn < charge.to)
  const own = engagements.filter((engagement) => engagement.projectId !== null && engagement.projectId === projectId)
  const found = own.find(isIn) ?? engagements.find((engagement) => engagement.projectId === null && isIn(engagement))
  if (found === undefined) return 'Not charged by an agreement.'
  const { terms } = found
  return chargesByTask(terms, []) !== null && !isCharged ? 'No charge in this month.' : WHY[terms.model]
}

/** What an agreement counts, and so lets be seen. Where cost is passed on as it is, quantities tell nothing that the charge does not. */
function countedBy(terms: BillingTerms): readonly BillingUnit[] {
  if (terms.model === 'PASS_THROUGH') return ['TOKENS', 'INVOCATIONS']
  if (terms.model === 'RETAINER') return [terms.unit]
  return terms.model === 'RATE_CARD' ? terms.prices.map(({ unit }) => unit) : []
}

function daysOf(facts: ClientFacts): ClientView['days'] {
  const { month, engagements } = facts
  const countedIn = (unit: BillingUnit) => engagements.filter(({ terms }) => countedBy(terms).includes(unit))
  const tokens = sumByDay(countedIn('TOKENS'), (used) => used.tokens)
  const invocations = sumByDay(countedIn('INVOCATIONS'), (used) => used.invocations)
  const delivered = new Map<CalendarDate, number>()
  for (const { completedOn } of facts.tasks) {
    if (completedOn !== null) delivered.set(completedOn, (delivered.get(completedOn) ?? 0) + 1)
  }
  const days: ClientView['days'] = []
  for (let day = month; day < addMonths(month, 1); day = addDays(day, 1)) {
    days.push({
      day,
      delivered: delivered.get(day) ?? 0,
      tokens: tokens === null ? null : formatQuantity(tokens.get(day) ?? 0n),
      invocations: invocations === null ? null : String(invocations.get(day) ?? 0n),
    })
  }
  return days
}

/** null where no agreement counts it. */
function sumByDay(
  engagements: readonly ChargedEngagement[],
  of: (used: UsedOnDay) => bigint,
): ReadonlyMap<CalendarDate, bigint> | null {
  if (engagements.length === 0) return null
  const sums = new Map<CalendarDate, bigint>()
  for (const { days } of engagements) {
    for (const used of days) sums.set(used.day, (sums.get(used.day) ?? 0n) + of(used))
  }
  return sums
}
