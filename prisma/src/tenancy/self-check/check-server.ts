import type { Check, SelfCheckFault } from './fault.ts'

const clockDifferenceMsMax = 2_000
const serverVersionMin = 150_000

interface Row {
  version: number
  fsync: string
  full_page_writes: string
  synchronous_commit: string
  statement_timeout: string
  row_security: string
  preset: string | null
  clock_ms: string
}

/** Version, durability, clock, and settings of this role's sessions. */
export const checkServer =
  (now: () => number): Check =>
  async (client) => {
    const before = now()
    const { rows } = await client.query<Row>(`
      SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync,
             current_setting('full_page_writes') AS full_page_writes,
             current_setting('synchronous_commit') AS synchronous_commit,
             current_setting('statement_timeout') AS statement_timeout, current_setting('row_security') AS row_security,
             current_setting('app.tenant_id', true) AS preset,
             (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS clock_ms`)
    const after = now()
    const row = rows[0] as Row
    const faults: SelfCheckFault[] = []
    const found = (wrong: boolean, code: SelfCheckFault['code'], message: string) => {
      if (wrong) faults.push({ code, message })
    }
    found(
      row.version < serverVersionMin,
      'SERVER_TOO_OLD',
      `Postgres is version ${row.version}; Outlay needs 15 or newer.`,
    )
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit'] as const) {
      found(
        row[name] === 'off',
        'NOT_DURABLE',
        `${name} is off: an acknowledged event could be lost in a crash. Switch it on for the database and the role.`,
      )
    }
    found(row.statement_timeout === '0', 'NO_STATEMENT_TIMEOUT', 'statement_timeout is 0: a query could run for ever.')
    found(row.row_security !== 'on', 'ROW_SECURITY_OFF', 'row_security is off for this role: reset it.')
    found(
      (row.preset ?? '') !== '',
      'TENANT_PRESET',
      `app.tenant_id is preset to ${row.preset}: a forgotten context would read that tenant. Reset it on role and database.`,
    )
    // The server read its clock somewhere between both of ours.
    const clock = Number(row.clock_ms)
    const difference = clock < before ? before - clock : Math.max(0, clock - after)
    found(
      difference > clockDifferenceMsMax,
      'CLOCK_DIFFERS',
      `The clocks of the database and of this host differ by ${Math.round(difference)} ms: synchronise them.`,
    )
    return faults
  }
