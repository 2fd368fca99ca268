import { agentFanout } from '@outlay/domain/anomaly/structural'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { isCounted } from '../sql/cell-sums.ts'
import { plainArray } from '../sql/pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from '../sql/tenant-sql.ts'
import type { FanoutFinding } from './finding.ts'

/** An agent that was not seen in a project for so long is new in it again. */
const UNSEEN_DAYS = 28
/** How far back is looked for whether it was ever there. */
const EVER_DAYS = 400

/** A project on a day. */
export interface ProjectDay {
  projectId: string
  day: CalendarDate
}

const NEWCOMERS: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT DISTINCT p.a::text AS "projectId", p.day::text AS day FROM (
      SELECT c.a, c.day, lag(c.day) OVER (PARTITION BY c.a, c.b ORDER BY c.day) AS before FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day >= $2::date - ${UNSEEN_DAYS} AND c.day < $3::date
        AND c.a <> '${NIL_UUID}' AND c.b <> '${NIL_UUID}' AND ${isCounted('c')}) p
    WHERE p.day >= $2::date AND (p.before IS NULL OR p.before < p.day - ${UNSEEN_DAYS})
    ORDER BY 1, 2`,
}

/** Projects that an agent worked for on a day of `[from, to)` that had not for 28 days. */
export async function projectsWithNewcomers(
  db: TenantSql,
  { from, to }: { from: CalendarDate; to: CalendarDate },
): Promise<ProjectDay[]> {
  return db.query<ProjectDay>(NEWCOMERS, [from, to])
}

// Days are named one by one, so that each is looked up by the project.
const AGENTS: Prepared = {
  name: 'read_project_agents',
  text: `SELECT w.position::int AS position, c.day::text AS day, array_agg(c.b::text ORDER BY c.b) AS agents,
      array_agg((c.cost_direct + c.cost_shared)::text ORDER BY c.b) AS costs
    FROM unnest($2::uuid[], $3::date[]) WITH ORDINALITY AS w(project, day, position)
    CROSS JOIN generate_series(0, ${UNSEEN_DAYS}) AS back(days)
    JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day = w.day - back.days AND c.a = w.project
    WHERE c.b <> '${NIL_UUID}' AND ${isCounted('c')}
    GROUP BY w.position, c.day ORDER BY w.position, c.day`,
}

const LAST_SEEN: Prepared = {
  name: 'read_last_seen_in_project',
  text: `SELECT w.project::text AS "projectId", w.day::text AS day, w.agent::text AS "agentId", s.day::text AS "lastSeen"
    FROM unnest($2::uuid[], $3::date[], $4::uuid[]) AS w(project, day, agent)
    CROSS JOIN LATERAL (
      SELECT c.day FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.a = w.project AND c.b = w.agent
        AND c.day >= w.day - ${EVER_DAYS} AND c.day < w.day - ${UNSEEN_DAYS} AND ${isCounted('c')}
      ORDER BY c.day DESC LIMIT 1) s`,
}

/** Projects on days that one statement reads. */
const PORTION = 100

/** Which of some days of projects had more agents than the project uses. */
export async function findFanouts(db: TenantSql, days: readonly ProjectDay[]): Promise<FanoutFinding[]> {
  const found: FanoutFinding[] = []
  for (let at = 0; at < days.length; at += PORTION) {
    found.push(...(await fanoutsOf(db, days.slice(at, at + PORTION))))
  }
  return found
}

interface AgentsOfDay {
  agents: string[]
  costs: string[]
}

/** A project on a day, with the agents of that day and of those before it. */
interface Candidate extends ProjectDay {
  own: AgentsOfDay
  past: Map<CalendarDate, string[]>
}

async function fanoutsOf(db: TenantSql, days: readonly ProjectDay[]): Promise<FanoutFinding[]> {
  const never: ReadonlyMap<string, CalendarDate> = new Map()
  // Who was there long ago is asked only where it matters: knowing it never makes more of a day.
  const candidates = (await agentsOf(db, days)).filter((candidate) => fanoutOf(candidate, never) !== null)
  const lastSeen = await lastSeenOf(db, candidates)
  return candidates.flatMap((candidate): FanoutFinding[] => {
    const { projectId, day, own } = candidate
    const fanout = fanoutOf(candidate, lastSeen.get(keyOf(candidate)) ?? never)
    if (fanout === null) return []
    return [
      {
        kind: 'AGENT_FANOUT',
        series: `PROJECT_AGENTS:${projectId}`,
        scope: 'PROJECT',
        memberId: projectId,
        secondId: null,
        firstDay: day,
        lastDay: day,
        day,
        ...fanout,
        costs: costsOf(fanout.unseen, own),
      },
    ]
  })
}

const keyOf = ({ projectId, day }: ProjectDay): string => `${projectId} ${day}`

function fanoutOf({ own, past, day }: Candidate, lastSeen: ReadonlyMap<string, CalendarDate>) {
  return agentFanout({ today: own.agents, past, lastSeen, day })
}

async function agentsOf(db: TenantSql, days: readonly ProjectDay[]): Promise<Candidate[]> {
  const rows = await db.query<AgentsOfDay & { position: number; day: string }>(AGENTS, [
    plainArray(days.map(({ projectId }) => projectId)),
    plainArray(days.map(({ day }) => day)),
  ])
  const own = new Map<number, AgentsOfDay>()
  const past = days.map(() => new Map<CalendarDate, string[]>())
  for (const { position, day, agents, costs } of rows) {
    if (day === days[position - 1]?.day) own.set(position, { agents, costs })
    else past[position - 1]?.set(day, agents)
  }
  return [...own].flatMap(([position, agents]) => {
    const [day, before] = [days[position - 1], past[position - 1]]
    return day === undefined || before === undefined ? [] : [{ ...day, own: agents, past: before }]
  })
}

/** When the agents of some projects were active in them last, before the 28 days, by project and day. */
async function lastSeenOf(
  db: TenantSql,
  candidates: readonly Candidate[],
): Promise<Map<string, Map<string, CalendarDate>>> {
  const lastSeen = new Map<string, Map<string, CalendarDate>>()
  const wanted = candidates.flatMap(({ projectId, day, own, past }) => {
    const seen = new Set([...past.values()].flat())
    return own.agents.filter((agent) => !seen.has(agent)).map((agent) => ({ projectId, day, agent }))
  })
  if (wanted.length === 0) return lastSeen
  const rows = await db.query<ProjectDay & { agentId: string; lastSeen: string }>(LAST_SEEN, [
    plainArray(wanted.map(({ projectId }) => projectId)),
    plainArray(wanted.map(({ day }) => day)),
    plainArray(wanted.map(({ agent }) => agent)),
  ])
  for (const { agentId, lastSeen: day, ...place } of rows) {
    const known = lastSeen.get(keyOf(place)) ?? new Map<string, CalendarDate>()
    lastSeen.set(keyOf(place), known.set(agentId, day))
  }
  return lastSeen
}

function costsOf(
  unseen: readonly string[],
  { agents, costs }: { agents: readonly string[]; costs: readonly string[] },
): Map<string, Fixed18> {
  return new Map(unseen.map((agent) => [agent, parseFixed18(costs[agents.indexOf(agent)] ?? '0')]))
}
