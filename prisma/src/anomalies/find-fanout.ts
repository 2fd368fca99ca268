import { agentFanout } from '@outlay/domain/anomaly/structural'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
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

// Days are named one by one, here and below, so that each is looked up by the project.
const AGENTS: Prepared = {
  name: 'read_project_agents',
  text: `SELECT c.day::text AS day, array_agg(c.b::text ORDER BY c.b) AS agents,
      array_agg((c.cost_direct + c.cost_shared)::text ORDER BY c.b) AS costs
    FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day = ANY ($3::date[]) AND c.a = $2::uuid
      AND c.b <> '${NIL_UUID}' AND ${isCounted('c')}
    GROUP BY c.day ORDER BY c.day`,
}

const LAST_SEEN: Prepared = {
  name: 'read_last_seen_in_project',
  text: `SELECT c.b::text AS "agentId", max(c.day)::text AS day FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day = ANY ($4::date[]) AND c.a = $2::uuid
      AND c.b = ANY ($3::uuid[]) AND ${isCounted('c')}
    GROUP BY c.b`,
}

/** The days `from` to `to` before a day, as the database takes them. */
const daysBack = (day: CalendarDate, from: number, to: number): string =>
  plainArray(Array.from({ length: to - from + 1 }, (_, index) => addDays(day, -from - index)))

/** Which of some days of projects had more agents than the project uses. */
export async function findFanouts(db: TenantSql, days: readonly ProjectDay[]): Promise<FanoutFinding[]> {
  const found: FanoutFinding[] = []
  for (const { projectId, day } of days) {
    const rows = await db.query<{ day: string; agents: string[]; costs: string[] }>(AGENTS, [
      projectId,
      daysBack(day, 0, UNSEEN_DAYS),
    ])
    const own = rows.find((row) => row.day === day)
    if (own === undefined) continue
    const past = new Map(rows.filter((row) => row.day < day).map((row) => [row.day, row.agents]))
    const seen = new Set([...past.values()].flat())
    const unseen = own.agents.filter((agent) => !seen.has(agent))
    if (unseen.length === 0) continue
    const last = await db.query<{ agentId: string; day: string }>(LAST_SEEN, [
      projectId,
      plainArray(unseen),
      daysBack(day, UNSEEN_DAYS + 1, EVER_DAYS),
    ])
    const lastSeen = new Map(last.map((row) => [row.agentId, row.day]))
    const fanout = agentFanout({ today: own.agents, past, lastSeen, day })
    if (fanout === null) continue
    found.push({
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
    })
  }
  return found
}

function costsOf(
  unseen: readonly string[],
  { agents, costs }: { agents: readonly string[]; costs: readonly string[] },
): Map<string, Fixed18> {
  return new Map(unseen.map((agent) => [agent, parseFixed18(costs[agents.indexOf(agent)] ?? '0')]))
}
