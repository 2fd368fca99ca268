import { createTestDatabase } from '@outlay/db/embedded/test-database'
import { judgeTenant } from '@outlay/db/anomalies/judge-tenant'
import { requestDueJudgement } from '@outlay/db/anomalies/judgement-run'
import { evaluateLimits } from '@outlay/db/alerts/evaluate-limits'
import { lookAtToday } from '@outlay/db/anomalies/check-today'
import { attendTenant } from '@outlay/db/anomalies/attend-tenant'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import pg from 'pg'

/**
 * What one morning costs a tenant of 1,000 agents: `npx tsx test/bench/anomaly/measure-judgement.ts`. Its daily cells are written straight
 * into the database (112 days; 3 clients, projects and resources an agent), then judged as the job does it; then the look at a day that is full.
 */
const AGENTS = 1_000
const DAYS = 112

const FILL = `
INSERT INTO rollup_day (tenant_id, grain, day, a, b, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
SELECT $1::uuid, g.grain, current_date - d.back, g.a, g.b, round((g.usual * (0.85 + random() * 0.3))::numeric, 6), 0, 100, 100000, 0, 0
FROM (
  SELECT 0 AS grain, $2::uuid AS a, $2::uuid AS b, 20.0 * ${AGENTS} AS usual
  UNION ALL SELECT 1, md5('agent' || n)::uuid, $2::uuid, 5 + n % 30 FROM generate_series(1, ${AGENTS}) n
  UNION ALL SELECT 2, md5('client' || n)::uuid, $2::uuid, 200 FROM generate_series(1, 100) n
  UNION ALL SELECT 3, md5('project' || n)::uuid, $2::uuid, 100 FROM generate_series(1, 200) n
  UNION ALL SELECT 4, md5('resource' || n)::uuid, $2::uuid, 500 FROM generate_series(1, 40) n
  UNION ALL SELECT 6, md5('agent' || n)::uuid, md5('resource' || (n * 7 + k * 13) % 40 + 1)::uuid, 3 FROM generate_series(1, ${AGENTS}) n, generate_series(1, 3) k
  UNION ALL SELECT 7, md5('client' || (n * 3 + k) % 100 + 1)::uuid, md5('agent' || n)::uuid, 3 FROM generate_series(1, ${AGENTS}) n, generate_series(1, 3) k
  UNION ALL SELECT 9, md5('project' || (n * 3 + k) % 200 + 1)::uuid, md5('agent' || n)::uuid, 3 FROM generate_series(1, ${AGENTS}) n, generate_series(1, 3) k
) g CROSS JOIN generate_series(0, ${DAYS}) AS d(back)`

const HOURS = `
INSERT INTO rollup_fine (tenant_id, bucket, agent_id, client_id, project_id, resource_id, kind, cost_direct, cost_shared, invocations, tokens,
  unpriced, unconverted)
SELECT $1::uuid, date_trunc('hour', now()) - make_interval(hours => h), md5('agent' || n)::uuid, md5('client' || (n * 3 + k) % 100 + 1)::uuid,
  md5('project' || (n * 3 + k) % 200 + 1)::uuid, md5('resource' || (n * 7 + k * 13) % 40 + 1)::uuid, 'MODEL', 0.3, 0, 4, 4000, 0, 0
FROM generate_series(1, ${AGENTS}) n, generate_series(1, 3) k, generate_series(0, 47) h`

const NIL = '00000000-0000-0000-0000-000000000000'

const database = await createTestDatabase()
const owner = new pg.Pool({ connectionString: database.ownerUrl })
const pool = new TenantPool({ url: database.appUrl })
try {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES (gen_random_uuid(), 'large', 'Large', 'GBP', 'UTC') RETURNING id`,
  )
  const tenantId = rows[0]?.id ?? ''
  const filled = await owner.query(FILL, [tenantId, NIL])
  await owner.query(HOURS, [tenantId])
  await owner.query('VACUUM ANALYZE rollup_day')
  await owner.query('VACUUM ANALYZE rollup_fine')
  console.log(`${filled.rowCount} daily cells of ${AGENTS} agents`)
  for (const round of ['first', 'second']) {
    const day = new Date().toISOString().slice(0, 10)
    const nowMs = Date.parse(`${day}T23:00:00Z`)
    await requestDueJudgement(pool, tenantId, nowMs)
    await owner.query(`UPDATE anomaly_run SET state = 'QUEUED' WHERE tenant_id = $1`, [tenantId])
    const began = performance.now()
    const cpu = process.cpuUsage()
    let last = { name: '', at: began, cpu }
    const spent: string[] = []
    await judgeTenant(
      { pool },
      { tenantId, day },
      {
        ...{ signal: new AbortController().signal, nowMs, told: () => {} },
        onStep: (name) => {
          const used = process.cpuUsage(last.cpu)
          if (last.name !== '')
            spent.push(
              `${last.name} ${Math.round(performance.now() - last.at)} ms (CPU ${Math.round((used.user + used.system) / 1000)})`,
            )
          last = { name, at: performance.now(), cpu: process.cpuUsage() }
        },
      },
    )
    const used = process.cpuUsage(cpu)
    const portions = spent.filter((line) => line.startsWith('PORTION')).length
    console.log(
      `${round}: ${Math.round(performance.now() - began)} ms, CPU ${Math.round((used.user + used.system) / 1000)} ms of this process, ${portions} portions`,
    )
    console.log(spent.filter((line) => !line.startsWith('PORTION')).join('; '))
  }
  const counts = await owner.query(
    `SELECT (SELECT count(*) FROM alert WHERE tenant_id = $1)::int AS alerts, (SELECT count(*) FROM series_expectation WHERE tenant_id = $1)::int AS expectations`,
    [tenantId],
  )
  console.log(JSON.stringify(counts.rows[0]))
  await owner.query('ANALYZE')
  const timed = async (what: string, work: () => Promise<unknown>) => {
    const times: number[] = []
    for (let n = 0; n < 20; n += 1) {
      await owner.query(
        `INSERT INTO sums_change VALUES ($1, current_date, 1) ON CONFLICT (tenant_id, day) DO UPDATE SET generation = sums_change.generation + 1`,
        [tenantId],
      )
      const began = performance.now()
      await work()
      times.push(performance.now() - began)
    }
    times.sort((x, y) => x - y)
    console.log(`${what}: median ${times[10]?.toFixed(1)} ms, worst ${times[19]?.toFixed(1)} ms`)
  }
  await timed('look after a commit', () => evaluateLimits({ pool, nowMs: Date.now() }, tenantId))
  await timed('look at today', () => lookAtToday({ pool, nowMs: Date.now() }, tenantId))
  await timed('minute', () => attendTenant({ pool, nowMs: Date.now() }, tenantId, null))
} finally {
  await pool.end()
  await owner.end()
  await database.drop()
}
