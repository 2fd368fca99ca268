import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import { openLimitsWorld, type LimitsTenant, type LimitsWorld } from './limits-test-kit.ts'

/**
 * Random histories of events, corrections, budgets and looks; after each look the alerts and crossings must be what a second reckoning
 * makes of the events that stand: in whole pence, from the events themselves, knowing nothing of cells, marks and windows of the product.
 */

const SEEDS = 40
const STEPS = 32
const ZONE = 'America/New_York'
const first = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000

let world: LimitsWorld
beforeAll(async () => {
  world = await openLimitsWorld()
}, 120_000)
afterAll(() => world.close())

/** mulberry32 */
function randomOf(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  return { int, pick: <T>(list: readonly T[]): T => list[int(list.length)] as T }
}

interface StandingEvent {
  id: string
  pence: number
  agent: string
  client: string
  project: string
  day: string
}

interface BudgetOf {
  id: string
  wish: BudgetWish
  pence: number
  version: number
  isEnded: boolean
}

interface AlertOf {
  budget: BudgetOf
  version: number
  start: string
  threshold: string
  state: 'OPEN' | 'RESOLVED'
  pence: number
}

const DAY_MS = 86_400_000
const shifted = (day: string, days: number) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
const monthAfter = (day: string) => shifted(`${shifted(`${day.slice(0, 8)}01`, 32).slice(0, 8)}01`, 0)

/** What has to be the case, from the events alone. */
class Reckoning {
  readonly events = new Map<string, StandingEvent>()
  readonly budgets: BudgetOf[] = []
  readonly alerts: AlertOf[] = []
  /** `budget version start threshold` → its alert. */
  readonly crossed = new Map<string, AlertOf>()
  touched = new Set<string>()

  look(): void {
    for (const budget of this.budgets) if (!budget.isEnded) this.lookAt(budget, [...this.touched])
    this.touched = new Set()
  }

  lookAt(budget: BudgetOf, days: readonly string[]): void {
    const windows = new Map<string, string>()
    for (const day of days) {
      const window = windowOf(budget.wish, day)
      if (window !== null) windows.set(window.start, window.end)
    }
    for (const [start, end] of windows) {
      const pence = this.spent(budget.wish, { start, end })
      const before = [...this.crossed.values()].filter(
        (alert) => alert.budget === budget && alert.version === budget.version && alert.start === start,
      )
      const key = (threshold: string) => `${budget.id} ${budget.version} ${start} ${threshold}`
      const reached = (budget.wish.thresholds ?? []).filter((threshold) => reaches(pence, budget, threshold))
      const fresh = reached.filter((threshold) => !this.crossed.has(key(threshold)))
      const highest = [...fresh].sort((a, b) => Number(a) - Number(b)).at(-1)
      if (highest !== undefined) {
        const version = budget.version
        const alert: AlertOf = { budget, version, start, threshold: highest, state: 'OPEN', pence }
        this.alerts.push(alert)
        for (const threshold of fresh) this.crossed.set(key(threshold), alert)
      }
      for (const alert of new Set(before)) {
        if (alert.state !== 'OPEN') continue
        if (reaches(pence, budget, alert.threshold)) alert.pence = pence
        else alert.state = 'RESOLVED'
      }
    }
  }

  close(budget: BudgetOf): void {
    for (const alert of this.alerts) if (alert.budget === budget && alert.state === 'OPEN') alert.state = 'RESOLVED'
  }

  spent({ scope, key }: BudgetWish, { start, end }: { start: string; end: string }): number {
    let pence = 0
    for (const event of this.events.values()) {
      const member = { FLEET: null, AGENT: event.agent, CLIENT: event.client, PROJECT: event.project }[scope]
      if (member === key && event.day >= start && event.day < end) pence += event.pence
    }
    return pence
  }

  alertsSaid(): string[] {
    return this.alerts
      .map(({ budget, version, start, threshold, state, pence }) =>
        [budget.id, `v${version}`, start, threshold, state, pence].join(' '),
      )
      .sort()
  }

  crossingsSaid(): string[] {
    return [...this.crossed.keys()].sort()
  }
}

/** Thresholds have at most two decimals: hundredths of pence are whole numbers. */
const reaches = (pence: number, budget: BudgetOf, threshold: string) =>
  pence * 100 >= budget.pence * Math.round(Number(threshold) * 100)

function windowOf(wish: BudgetWish, day: string): { start: string; end: string } | null {
  if (wish.window === 'DAY') return { start: day, end: shifted(day, 1) }
  if (wish.window === 'MONTH') return { start: `${day.slice(0, 8)}01`, end: monthAfter(day) }
  const { from, to } = wish.period ?? { from: wish.startsOn ?? '0001-01-01', to: '9999-12-31' }
  return day >= from && day < to ? { start: from, end: to } : null
}

async function stored(tenant: LimitsTenant): Promise<{ alerts: string[]; crossings: string[] }> {
  const alerts = await tenant.rows<{ said: string }>(
    `SELECT a.budget_id || ' v' || (a.evidence->>'version') || ' ' || min(x.window_start) || ' ' || trim_scale(a.threshold) || ' ' || a.state
       || ' ' || trim_scale(a.actual * 100) AS said
     FROM alert a JOIN budget_crossing x ON x.tenant_id = a.tenant_id AND x.alert_id = a.id WHERE a.tenant_id = $1 GROUP BY a.tenant_id, a.id`,
  )
  const crossings = await tenant.rows<{ said: string }>(
    `SELECT budget_id || ' ' || version || ' ' || window_start || ' ' || trim_scale(threshold) AS said FROM budget_crossing WHERE tenant_id = $1`,
  )
  return { alerts: alerts.map(({ said }) => said).sort(), crossings: crossings.map(({ said }) => said).sort() }
}

const AGENTS = ['a1', 'a2', 'a3']
const CLIENTS = ['c1', 'c2']
const PROJECTS = ['p1', 'p2']
const THRESHOLDS = ['0.25', '0.5', '0.8', '0.9', '1', '1.5', '2']

it('alerts of random histories are what their events make', async () => {
  console.log(`Random histories against budgets: OUTLAY_SEED=${first} replays them.`)
  let alerts = 0
  let resolved = 0
  for (let n = 0; n < SEEDS; n += 1) {
    const reckoning = await replay(first + n)
    alerts += reckoning.alerts.length
    resolved += reckoning.alerts.filter(({ state }) => state === 'RESOLVED').length
  }
  console.log(`${SEEDS} histories: ${alerts} alerts, ${resolved} of them over.`)
  // Histories without alerts would prove nothing.
  expect(alerts).toBeGreaterThan(SEEDS * 2)
  expect(resolved).toBeGreaterThan(SEEDS / 2)
}, 600_000)

async function replay(seed: number): Promise<Reckoning> {
  const { int, pick } = randomOf(seed)
  const tenant = await world.tenant({ timeZone: ZONE })
  const today = tenant.today()
  const reckoning = new Reckoning()
  const pounds = (pence: number) => (pence / 100).toFixed(2)
  const pastDay = () => shifted(today, -pick([0, 0, 0, 1, 2, 3, 5, 8, 20, 33, 40]))

  const spend = async () => {
    const events = Array.from({ length: 1 + int(4) }, () => ({
      ...{ agent: pick(AGENTS), client: pick(CLIENTS), project: pick(PROJECTS) },
      ...{ day: pastDay(), pence: 1 + int(6_000) },
    }))
    // Those of today are a moment old, which is today as long as the test does not run over midnight.
    const ids = await tenant.spend(
      ...events.map(({ day, pence, ...tags }) => ({ ...tags, cost: pounds(pence), ...(day === today ? {} : { day }) })),
    )
    for (const [index, event] of events.entries()) {
      const id = ids[index] ?? ''
      reckoning.events.set(id, { id, ...event })
      reckoning.touched.add(event.day)
    }
  }
  const voidOne = async () => {
    const event = pick([...reckoning.events.values()])
    await tenant.voids(event.id)
    reckoning.events.delete(event.id)
    reckoning.touched.add(event.day)
  }
  const replaceOne = async () => {
    const event = pick([...reckoning.events.values()])
    const [pence, agent] = [event.pence + 1 + int(3_000), pick(AGENTS)]
    const id = await tenant.replace(event.id, { agent, usage: [{ meter: 'requests', quantity: pounds(pence) }] })
    reckoning.events.delete(event.id)
    reckoning.events.set(id, { ...event, id, pence, agent })
    reckoning.touched.add(event.day)
  }
  const setOne = async () => {
    const scope = pick(['FLEET', 'AGENT', 'CLIENT', 'PROJECT'] as const)
    const key = { FLEET: null, AGENT: pick(AGENTS), CLIENT: pick(CLIENTS), PROJECT: pick(PROJECTS) }[scope]
    const window = pick(['DAY', 'MONTH', 'TOTAL', 'CUSTOM'] as const)
    const pence = 100 * (20 + int(300))
    const wish: BudgetWish = {
      ...{ scope, key, window, amount: { amount: pounds(pence), currency: 'GBP' }, forecastThresholds: null },
      thresholds: THRESHOLDS.filter(() => int(2) === 0).concat('3'),
      period: window === 'CUSTOM' ? { from: shifted(today, -pick([3, 7])), to: shifted(today, pick([1, 3])) } : null,
      startsOn: window === 'TOTAL' ? pick([null, shifted(today, -5)]) : null,
      ...{ learn: false, note: null },
    }
    const outcome = await tenant.trySet(wish)
    // An agent, client or project that no event has named yet has no budget.
    const isKnown = outcome.userErrors.length === 0
    expect(isKnown || outcome.userErrors[0]?.code === 'NOT_FOUND').toBe(true)
    if (!isKnown) return
    const known = reckoning.budgets.find(({ id }) => id === outcome.budgetId)
    const isSame =
      known !== undefined && known.pence === pence && String(known.wish.thresholds) === String(wish.thresholds)
    if (isSame) return
    const budget = known ?? { id: outcome.budgetId ?? '', wish, pence, version: 0, isEnded: false }
    if (known === undefined) reckoning.budgets.push(budget)
    Object.assign(budget, { wish, pence, version: budget.version + 1 })
    reckoning.close(budget)
    reckoning.lookAt(budget, [wish.period?.from ?? today])
  }
  const endOne = async () => {
    const live = reckoning.budgets.filter(({ isEnded }) => !isEnded)
    if (live.length === 0) return
    const budget = pick(live)
    expect((await tenant.end(budget.id)).userErrors).toEqual([])
    reckoning.close(budget)
    budget.isEnded = true
  }

  for (let step = 0; step < STEPS; step += 1) {
    const roll = int(100)
    if (reckoning.events.size === 0 || roll < 45) await spend()
    else if (roll < 57) await voidOne()
    else if (roll < 67) await replaceOne()
    else if (roll < 82) await setOne()
    else if (roll < 84) await endOne()
    else {
      tenant.step(61_000)
      await tenant.look()
      reckoning.look()
      expect({ seed, step, ...(await stored(tenant)) }).toEqual({
        ...{ seed, step, alerts: reckoning.alertsSaid(), crossings: reckoning.crossingsSaid() },
      })
    }
  }
  return reckoning
}
