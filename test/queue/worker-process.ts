import { once } from 'node:events'
import { handles } from '@outlay/workers/job-handler'
import { runJobs } from '@outlay/workers/run-jobs'
import { pino } from 'pino'
import { testJob, timing } from './test-jobs.ts'

/*
 * A worker in a process of its own, for tests that kill it. Its job says that it has begun, ends when it is told to, and says so.
 */
runJobs(
  JSON.parse(process.env['QUEUE_HOME'] ?? ''),
  [
    handles(testJob, async () => {
      process.send?.('begun')
      await once(process, 'message')
      process.send?.('done')
    }),
  ],
  { log: pino({ level: 'warn' }), concurrency: 1, timing },
)
