import { DEFAULT_SCHEMA, runMigrations } from 'bullmq'
import pg from 'pg'

// Any number but the one of applyMigrations and BullMQ's own.
const granterLock = 7_270_737_023

/**
 * Makes the schema `bullmq` and brings it up to the installed BullMQ, as the owner; the queue's role may use it and owns nothing in it. Needs
 * the migrations of applyMigrations, which make that role. Several processes may call it at once: they take turns.
 */
export async function applyQueueMigrations({ url }: { url: string }): Promise<void> {
  const owner = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  owner.on('error', () => {})
  await owner.connect()
  try {
    await owner.query("SET lock_timeout = '5min'; SET statement_timeout = 0")
    await owner.query('SELECT pg_advisory_lock($1)', [granterLock])
    await runMigrations(owner, DEFAULT_SCHEMA)
    await owner.query(`
      GRANT USAGE ON SCHEMA ${DEFAULT_SCHEMA} TO outlay_queue;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${DEFAULT_SCHEMA} TO outlay_queue;
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${DEFAULT_SCHEMA} TO outlay_queue`)
  } finally {
    await owner.end()
  }
}
