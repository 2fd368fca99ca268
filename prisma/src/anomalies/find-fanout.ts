import { agentFanout } from '@outlay/domain/anomaly/structural'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { isCounted } from '../sql/cell-sums.ts'
import { plainArray } from '../sql/pg-array.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
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

// Most agents were there the day before, so the first look finds them.
const NEWCOMERS: Prepared = {
  name: 'find_newcomers',
  text: `SELECT DISTINCT c.a AS "projectId", c.day::text AS day FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day >= $2::date AND c.day < $3::date
      AND c.a <> '${NIL_UUID}' AND c.b <> '${NIL_UUID}' AND ${isCounted('c')}
      AND NOT EXISTS (
        SELECT 1 FROM generate_series(1, ${UNSEEN_DAYS}) AS n(back)
        JOIN rollup_day p ON p.tenant_id = $1::uuid AND p.grain = ${Grain.PROJECT_AGENT} AND p.day = c.day - n.back
          AND p.a = c.a AND p.b = c.b)
    ORDER BY 1, 2`,
}

/** Projects that an agent worked for on a day of `[from, to)` that had not for 28 days. */
export async function projectsWithNewcomers(
  db: TenantSql,
  { from, to }: { from: CalendarDate; to: CalendarDate },
): Promise<ProjectDay[]> {
  return db.query<ProjectDay>(NEWCOMERS, [from, to])
}

const AGENTS: Prepared = {
  name: 'read_project_agents',
  text: `SELECT c.day::text AS day, array_agg(c.b::text ORDER BY c.b) AS agents,
      array_agg((c.cost_direct + c.cost_shared)::text ORDER BY c.b) AS costs
    FROM generate_series(0, ${UNSEEN_DAYS}) AS n(back)
    JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day = $3::date - n.back AND c.a = $2::uuid
    WHERE c.b <> '${NIL_UUID}' AND ${isCounted('c')}
    GROUP BY c.day ORDER BY c.day`,
}

const LAST_SEEN: Prepared = {
  name: 'read_last_seen_in_project',
  text: `SELECT g.agent_id::text AS "agentId", l.day::text AS day
    FROM unnest($3::uuid[]) AS g(agent_id)
    CROSS JOIN LATERAL (
      SELECT c.day FROM generate_series(${UNSEEN_DAYS + 1}, ${EVER_DAYS}) AS n(back)
      JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT} AND c.day = $4::date - n.back
        AND c.a = $2::uuid AND c.b = g.agent_id
      WHERE ${isCounted('c')} LIMIT 1) AS l`,
}

/** Which of some days of projects had more agents than the project uses. */
export async function findFanouts(db: TenantSql, days: readonly ProjectDay[]): Promise<FanoutFinding[]> {
  const found: FanoutFinding[] = []
  for (const { projectId, day } of days) {
    const rows = await db.query<{ day: string; agents: string[]; costs: string[] }>(AGENTS, [projectId, day])
    const own = rows.find((row) => row.day === day)
    if (own === undefined) continue
    const past = new Map(rows.filter((row) => row.day < day).map((row) => [row.day, row.agents]))
    const seen = new Set([...past.values()].flat())
    const unseen = own.agents.filter((agent) => !seen.has(agent))
    if (unseen.length === 0) continue
    const last = await db.query<{ agentId: string; day: string }>(LAST_SEEN, [projectId, plainArray(unseen), day])
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
