import { OUTLAY } from '@outlay/domain/alerts/alert'
import { rankOf } from '@outlay/domain/alerts/when-to-tell'
import { suppressions, type Suspect } from '@outlay/domain/anomaly/suppress'
import { INCIDENT_GAP_DAYS } from '@outlay/domain/anomaly/incidents'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { ALERT_COLUMNS, alertRow, type AlertDraft, type AlertRow, type StoredAlert } from '../alerts/alert-row.ts'
import { changeIncident } from '../alerts/change-alert.ts'
import type { Watch, Watched } from '../alerts/evaluate-limits.ts'
import { raiseAlert } from '../alerts/raise-alert.ts'
import { reopenAlert } from '../alerts/reopen-alert.ts'
import { textArray } from '../sql/pg-array.ts'
import type { Prepared } from '../sql/tenant-sql.ts'
import { draftOf, type DraftContext } from './draft-alert.ts'
import { explainCost, type Explanation } from './explain.ts'
import { partAfter, withDays, type CostFinding, type Finding } from './finding.ts'
import { readNames } from './names.ts'
import { settle, type FoundDays } from './settle.ts'
import { flaggedDays } from './stored-days.ts'

/** What a look at the past, or at today, has found, and what is to become of it. */
export interface FindingsToStore {
  findings: readonly Finding[]
  /** The last day that is complete. */
  judgedThrough: CalendarDate
  /** Days of an open alert that this look says nothing of, and keeps. */
  keepsDay: (day: CalendarDate) => boolean
  minExcess: Fixed18
  /** The incidents of agents that this look has found, also those that are stored already: they explain broader ones. */
  agents: readonly CostFinding[]
}

/** Incidents of agents first: what they explain is stored with the name of who explains it. */
const ORDER: Record<CostFinding['suspect'], number> = {
  AGENT: 0,
  FLEET: 1,
  CLIENT: 2,
  PROJECT: 3,
  RESOURCE: 4,
  AGENT_CLIENT: 5,
}

export function inStoringOrder(findings: readonly Finding[]): Finding[] {
  const place = (finding: Finding) => ('suspect' in finding ? ORDER[finding.suspect] : 6)
  return [...findings].sort((x, y) => place(x) - place(y) || (x.series < y.series ? -1 : x.series > y.series ? 1 : 0))
}

const KNOWN: Prepared = {
  name: 'read_alerts_of_series',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a
    WHERE a.tenant_id = $1::uuid AND a.series = ANY ($2::text[]) AND a.budget_id IS NULL AND a.last_day >= $3::date
    ORDER BY a.raised_at, a.id`,
}

/** The alerts of some series whose last day is `from` or later, by series. */
export async function readAlertsOfSeries(
  { db }: Pick<Watch, 'db'>,
  series: readonly string[],
  from: CalendarDate,
): Promise<Map<string, AlertRow[]>> {
  const rows = await db.query<StoredAlert>(KNOWN, [textArray([...new Set(series)]), from])
  const known = new Map<string, AlertRow[]>()
  for (const row of rows) known.set(row.series, [...(known.get(row.series) ?? []), alertRow(row)])
  return known
}

/**
 * Raises, changes or reopens the alert of each finding, under the tenant's alert lock: an incident is one alert while it lasts, whoever has
 * found it first. What is stored already and says the same is left alone, so doing it twice changes nothing. Findings come in storing order.
 */
export async function storeFindings(watch: Watch, input: FindingsToStore): Promise<Watched> {
  const { findings, agents, minExcess } = input
  const result: Watched = { alertIds: [], deliveryIds: [] }
  if (findings.length === 0) return result
  const first = findings.reduce((least, { firstDay }) => (firstDay < least ? firstDay : least), watch.today)
  const series = [...findings, ...agents].map((finding) => finding.series)
  const known = await readAlertsOfSeries(watch, series, addDays(first, -INCIDENT_GAP_DAYS))
  const { today, timeZone, currency, nowMs } = watch
  const names = await readNames(watch.db, findings)
  const context: DraftContext = { names, currency, timeZone, nowMs, today, minExcess }
  const store = new FindingStore({ watch, input, known, context })
  for (const finding of findings) {
    const stored = await store.store(finding)
    if (stored === null) continue
    result.alertIds.push(stored.alertId)
    result.deliveryIds.push(...stored.deliveryIds)
  }
  return result
}

type Stored = { alertId: string; deliveryIds: string[] } | null

class FindingStore {
  readonly #watch: Watch
  readonly #input: FindingsToStore
  readonly #known: Map<string, AlertRow[]>
  readonly #context: DraftContext
  /** By series, the alert that tells it now. */
  readonly #told = new Map<string, string>()

  constructor(parts: { watch: Watch; input: FindingsToStore; known: Map<string, AlertRow[]>; context: DraftContext }) {
    this.#watch = parts.watch
    this.#input = parts.input
    this.#known = parts.known
    this.#context = parts.context
  }

  async store(found: Finding): Promise<Stored> {
    const known = this.#known.get(found.series) ?? []
    const settled = settle(daysOf(found), known, this.#input.judgedThrough)
    if (settled.do === 'leave') {
      this.#told.set(found.series, settled.alert.id)
      return null
    }
    if (settled.do === 'raise') {
      const news = settled.after === null || !isCost(found) ? found : partAfter(found, settled.after)
      return news === null ? null : this.#raise(news)
    }
    const { alert } = settled
    this.#told.set(found.series, alert.id)
    if (found.kind === 'BURN_RATE') return settled.do === 'change' ? null : this.#reopen(found, alert)
    const news = isCost(found) ? afterEnded(found, alert, known) : found
    const whole = isCost(news) ? withDays(news, this.#keptDays(alert)) : news
    return settled.do === 'change' ? this.#change(whole, alert) : this.#reopen(whole, alert)
  }

  #keptDays({ evidence }: AlertRow) {
    return flaggedDays(evidence).filter(({ day }) => this.#input.keepsDay(day))
  }

  async #raise(finding: Finding): Promise<Stored> {
    const { client, tenantId } = this.#watch
    const raised = await raiseAlert(client, tenantId, await this.#draft(finding), this.#watch)
    if (raised !== null) this.#told.set(finding.series, raised.alertId)
    return raised
  }

  async #reopen(finding: Finding, alert: AlertRow): Promise<Stored> {
    const { client, tenantId } = this.#watch
    const reopened = await reopenAlert(client, tenantId, alert, await this.#draft(finding), this.#watch)
    return reopened === null ? null : { alertId: alert.id, ...reopened }
  }

  async #change(finding: Finding, alert: AlertRow): Promise<Stored> {
    // An agent's own incident is explained by nobody: where nothing new is said of it, nothing need be read for it.
    const isOwn = !isCost(finding) || finding.suspect === 'AGENT'
    if (isOwn && saysTheSame(alert, draftOf(finding, this.#context, { explanation: null, suppressedBy: null })))
      return null
    const draft = await this.#draft(finding)
    if (saysTheSame(alert, draft)) return null
    const severity = rankOf(draft.severity) > rankOf(alert.severity) ? draft.severity : alert.severity
    const { client, tenantId } = this.#watch
    const change = { ...draft, severity, dedupeKey: alert.dedupeKey }
    const changed = await changeIncident(client, tenantId, alert.id, change, this.#watch)
    return changed.isChanged ? { alertId: alert.id, deliveryIds: changed.deliveryIds } : null
  }

  async #draft(finding: Finding): Promise<AlertDraft> {
    if (!isCost(finding)) return draftOf(finding, this.#context, { explanation: null, suppressedBy: null })
    const explanation = await explainCost(this.#watch.db, finding, this.#context.timeZone)
    return draftOf(finding, this.#context, { explanation, suppressedBy: this.#explainedBy(finding, explanation) })
  }

  /** The alert of the agent that explains it. */
  #explainedBy(finding: CostFinding, { byAgent }: Explanation): string | null {
    if (finding.suspect === 'AGENT') return null
    const own = suspectOf(finding, () => 0n)
    const agents = this.#input.agents.map((agent) =>
      suspectOf(agent, (broader) => (broader === own.id ? (byAgent.get(agent.memberId) ?? 0n) : 0n)),
    )
    const by = suppressions([own, ...agents]).get(own.id)
    if (by === undefined) return null
    return this.#told.get(by) ?? (this.#known.get(by) ?? []).at(-1)?.id ?? null
  }
}

/** What a person has ended before an alert began is not a part of it. */
function afterEnded(found: CostFinding, alert: AlertRow, known: readonly AlertRow[]): CostFinding {
  const ended = known.filter(
    ({ endedBy, lastDay }) => endedBy !== null && endedBy !== OUTLAY && lastDay < alert.firstDay,
  )
  const last = ended
    .map(({ lastDay }) => lastDay)
    .sort()
    .at(-1)
  return (last === undefined ? null : partAfter(found, last)) ?? found
}

function suspectOf(finding: CostFinding, explains: Suspect['explains']): Suspect {
  const { series, suspect, memberId, incident } = finding
  const agentId = suspect === 'AGENT' || suspect === 'AGENT_CLIENT' ? memberId : null
  const days = incident.flagged.map(({ day }) => day)
  return { id: series, scope: suspect, agentId, days, impact: incident.impact, explains }
}

export function isCost(finding: Finding): finding is CostFinding {
  return finding.kind === 'COST_SPIKE' || finding.kind === 'COST_SHIFT'
}

function daysOf(finding: Finding): FoundDays {
  const { kind, firstDay, lastDay } = finding
  const isOnce = kind === 'NEW_RESOURCE' || kind === 'UNPRICED_USAGE'
  const impactAfter = (day: CalendarDate) =>
    isCost(finding) ? (partAfter(finding, day)?.incident.impact ?? null) : null
  return { isOnce, firstDay, lastDay, impactAfter }
}

const SAID = ['kind', 'expected', 'actual', 'firstDay', 'lastDay', 'suppressedBy', 'title', 'reason'] as const

/** Whether an alert says what a draft would. What it costs an hour changes with the clock and is no news by itself. */
function saysTheSame(alert: AlertRow, draft: AlertDraft): boolean {
  return SAID.every((name) => alert[name] === draft[name]) && rankOf(draft.severity) <= rankOf(alert.severity)
}
