import { createTestDatabase } from '@outlay/db/embedded/test-database'
import pg from 'pg'
import { describeEvents } from './events-suite.ts'
import { describeJobs } from './jobs-suite.ts'
import { describeQueue } from './queue-suite.ts'
import type { TestHome } from './test-home.ts'

async function postgresHome(): Promise<TestHome> {
  const database = await createTestDatabase()
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 1 })
  owner.on('error', () => {})
  return {
    home: { kind: 'postgres', url: database.queueUrl },
    clear: async () => {
      await owner.query('TRUNCATE bullmq.job, bullmq.dedup, bullmq.dedup_next, bullmq.meta, bullmq.event CASCADE')
    },
    stealLocks: async () => {
      await owner.query(`UPDATE bullmq.job SET lock_token = 'another worker' WHERE state = 'active'`)
    },
    disturb: async () => {
      await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'outlay_queue'`,
      )
    },
    close: async () => {
      await owner.end()
      await database.drop()
    },
  }
}

describeQueue('PostgreSQL', postgresHome)
describeEvents('PostgreSQL', postgresHome)
describeJobs('PostgreSQL', postgresHome)
