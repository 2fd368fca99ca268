import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { handles, type JobRun } from '@outlay/workers/job-handler'
import { type JobQueue, openQueue } from '@outlay/workers/queue'
import { createHomeBackend, KEY_PREFIX, QUEUE_NAME, type QueueHome } from '@outlay/workers/queue-home'
import { runJobs, type RunJobsOptions } from '@outlay/workers/run-jobs'
import { Queue } from 'bullmq'
import { pino } from 'pino'
import { freePort } from '../support/server-process.ts'
import { Gate } from './gate.ts'
import type { TestHome } from './test-home.ts'
import { looseTestJob, testJob, timing } from './test-jobs.ts'

const workerProcess = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
const tenantId = 'tenant-a'

type Payload = { tenantId: string; n: number }

/** What the queue promises, whatever its home. */
export function describeQueue(name: string, open: () => Promise<TestHome>): void {
  describe(`the job queue on ${name}`, () => {
    let place: TestHome
    let queue: JobQueue
    const closers: (() => Promise<unknown> | unknown)[] = []
    const told: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => told.push(JSON.parse(line).msg) })

    beforeAll(async () => {
      place = await open()
    }, 120_000)

    beforeEach(async () => {
      await place.clear()
      told.length = 0
      queue = openQueue(place.home, { log })
      closers.push(() => queue.close())
    })

    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
    })

    afterAll(() => place.close())

    /** A worker in this process whose test job does `work`. */
    function work(
      work: (payload: Payload, run: JobRun) => Promise<void> | void,
      { home = place.home, ...options }: Partial<RunJobsOptions> & { home?: QueueHome } = {},
    ) {
      const jobs = runJobs(home, [handles(testJob, async (payload, run) => work(payload, run))], {
        log,
        timing,
        concurrency: 1,
        ...options,
      })
      closers.push(() => jobs.close())
      return jobs
    }

    /** The queue as its home keeps it. */
    async function look<T>(at: (kept: Queue) => Promise<T>): Promise<T> {
      const connection = { home: place.home, patience: 'none', onLost: () => {} } as const
      const kept = new Queue(QUEUE_NAME, { connection, prefix: KEY_PREFIX }, createHomeBackend) as unknown as Queue
      try {
        return await at(kept)
      } finally {
        await kept.close()
      }
    }

    const counts = () => look((kept) => kept.getJobCounts())
    const failures = () =>
      look(async (kept) => {
        const failed = await kept.getFailed()
        return failed.map((job) => ({ name: job.name, runs: job.attemptsMade, reason: job.failedReason }))
      })

    it('runs a job once, with the payload that was put in', async () => {
      const seen: Payload[] = []
      work((payload) => void seen.push(payload))
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(async () => (await counts())['completed'] === 1)
      await queue.enqueue(testJob, { tenantId, n: 2 })
      await until(async () => (await counts())['completed'] === 2)
      expect(seen).toEqual([
        { tenantId, n: 1 },
        { tenantId, n: 2 },
      ])
      expect(told).toContain('job done')
    })

    it('runs a job that failed again until it succeeds', async () => {
      const attempts: number[] = []
      work((_payload, { attempt }) => {
        attempts.push(attempt)
        if (attempt < 3) throw new Error('the database is away')
      })
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(async () => (await counts())['completed'] === 1)
      expect(attempts).toEqual([1, 2, 3])
      expect(await failures()).toEqual([])
    })

    it('gives a job up after its attempts, keeps why, and says so', async () => {
      work(() => {
        throw new Error('Rate anthropic/opus does not exist.')
      })
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(async () => (await counts())['failed'] === 1)
      expect(await failures()).toEqual([{ name: 'test.run', runs: 3, reason: 'Rate anthropic/opus does not exist.' }])
      await until(() => told.some((line) => line.startsWith('JOB GIVEN UP')))
    })

    it('refuses a payload that is not the contract’s, and puts nothing in', async () => {
      await expect(queue.enqueue(testJob, { tenantId, n: 1.5 })).rejects.toThrow(
        'The payload of test.run is not valid: n: Invalid input: expected int, received number.',
      )
      expect(await counts()).toMatchObject({ prioritized: 0, waiting: 0 })
    })

    it('gives up at once a job whose payload is not what this version expects', async () => {
      const seen: Payload[] = []
      work((payload) => void seen.push(payload))
      await queue.enqueue(looseTestJob, { tenantId, n: 'one' })
      await until(async () => (await counts())['failed'] === 1)
      expect(await failures()).toEqual([
        {
          name: 'test.run',
          runs: 1,
          reason: 'The payload of test.run is not valid: n: Invalid input: expected number, received string.',
        },
      ])
      expect(seen).toEqual([])
    })

    it('says which job it does not know', async () => {
      work(() => {})
      await queue.enqueue({ ...testJob, name: 'test.unknown' }, { tenantId, n: 1 })
      await until(async () => (await counts())['failed'] === 1)
      expect(await failures()).toEqual([
        { name: 'test.unknown', runs: 3, reason: 'No handler of this worker runs test.unknown.' },
      ])
    })

    it('takes jobs of one key for one job while it waits and while it runs, and runs it again afterwards', async () => {
      let runs = 0
      let isFailing = false
      let finish: () => void = () => {}
      const enqueue = () => queue.enqueue(testJob, { tenantId, n: 1 })

      await enqueue()
      await enqueue()
      work(async () => {
        runs += 1
        if (isFailing) throw new Error('no')
        await new Promise<void>((resolve) => (finish = resolve))
      })
      closers.push(() => finish())
      await until(() => runs === 1)
      await enqueue()
      finish()
      await until(async () => (await counts())['completed'] === 1)
      expect(await counts()).toMatchObject({ prioritized: 0, waiting: 0, active: 0 })
      expect(runs).toBe(1)

      await enqueue()
      await until(() => runs === 2)
      finish()
      await until(async () => (await counts())['completed'] === 2)

      isFailing = true
      await enqueue()
      await until(async () => (await counts())['failed'] === 1)
      expect(runs).toBe(5)
      isFailing = false
      await enqueue()
      await until(() => runs === 6)
      finish()
    })

    it('finishes a job whose worker is killed, and the next one, and the one after it', async () => {
      await queue.enqueue(testJob, { tenantId, n: 1 })
      for (let kill = 1; kill <= 3; kill++) {
        const worker = startWorkerProcess(place.home)
        closers.push(() => worker.kill())
        expect(await worker.says()).toBe('begun')
        await worker.kill()
      }
      const worker = startWorkerProcess(place.home)
      closers.push(() => worker.kill())
      expect(await worker.says()).toBe('begun')
      worker.tell('finish')
      expect(await worker.says()).toBe('done')
      await until(async () => (await counts())['completed'] === 1)
      expect(await failures()).toEqual([])
    }, 240_000)

    it('waits at its end for a job that runs, and takes no other', async () => {
      let finish: () => void = () => {}
      const begun: number[] = []
      const jobs = work(async ({ n }) => {
        begun.push(n)
        await new Promise<void>((resolve) => (finish = resolve))
      })
      closers.push(() => finish())
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(() => begun.length === 1)
      await queue.enqueue(testJob, { tenantId, n: 2 })
      let isClosed = false
      const closed = jobs.close().then(() => (isClosed = true))
      await sleep(200)
      expect(isClosed).toBe(false)
      finish()
      await closed
      expect(begun).toEqual([1])
      expect(await counts()).toMatchObject({ completed: 1, active: 0, prioritized: 1 })
    })

    it('tells a job to stop, and runs it elsewhere with all its attempts', async () => {
      let isRunning = false
      const jobs = work(async (_payload, { signal }) => {
        isRunning = true
        await sleep(600_000, undefined, { signal })
      })
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(() => isRunning)
      await jobs.close()
      expect(await counts()).toMatchObject({ active: 0, delayed: 0, failed: 0 })

      const attempts: number[] = []
      work((_payload, { attempt }) => void attempts.push(attempt))
      await until(async () => (await counts())['completed'] === 1)
      expect(attempts).toEqual([1])
    })

    it('tells a job that another worker has taken it, and does not count that as a failure', async () => {
      const attempts: number[] = []
      let isTold = false
      work(async (_payload, { signal, attempt }) => {
        attempts.push(attempt)
        if (attempts.length > 1) return
        await sleep(600_000, undefined, { signal }).catch(() => (isTold = true))
        signal.throwIfAborted()
      })
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(() => attempts.length === 1)
      await place.stealLocks()
      await until(() => isTold)
      await until(async () => (await counts())['completed'] === 1)
      expect(attempts).toEqual([1, 1])
    })

    it('says that a job could not be put in when nobody answers at its home, and puts it in when somebody does', async () => {
      const gate = await Gate.before(place.home.url)
      closers.push(() => gate.shut())
      const gated = openQueue({ ...place.home, url: gate.through(place.home.url) }, { log })
      closers.push(() => gated.close())
      const enqueue = () => gated.enqueue(testJob, { tenantId, n: 1 })
      const refused = expect.objectContaining({
        name: 'QueueUnavailableError',
        message: expect.stringMatching(/^test\.run could not be put into the queue \((PostgreSQL|Redis)\): .+\.$/),
      })

      await expect(enqueue()).rejects.toEqual(refused)
      await gate.open()
      await enqueue()
      await gate.shut()
      await expect(enqueue()).rejects.toEqual(refused)
      await gate.open()
      await until(() =>
        enqueue().then(
          () => true,
          () => false,
        ),
      )
      expect(await counts()).toMatchObject({ prioritized: 1 })
    })

    it('says so as well when its home takes the connection and stays silent', async () => {
      const silent = createServer((socket) => void socket.on('error', () => {}))
      silent.listen(await freePort(), '127.0.0.1')
      await once(silent, 'listening')
      const { port } = silent.address() as { port: number }
      closers.push(() => silent.close())
      const url = new URL(place.home.url)
      url.port = String(port)
      const lost = openQueue({ ...place.home, url: url.href }, { log })
      closers.push(() => lost.close())
      await expect(lost.enqueue(testJob, { tenantId, n: 1 })).rejects.toThrow('could not be put into the queue')
    })

    it('runs jobs as soon as its home is there, if it was started before it, and again after an outage', async () => {
      const gate = await Gate.before(place.home.url)
      closers.push(() => gate.shut())
      const seen: number[] = []
      work(({ n }) => void seen.push(n), { home: { ...place.home, url: gate.through(place.home.url) } })
      await until(() => told.some((line) => line.includes('cannot be reached')))
      await gate.open()
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(() => seen.length === 1)

      await gate.shut()
      await queue.enqueue(testJob, { tenantId, n: 2 })
      await sleep(1_500)
      expect(seen).toEqual([1])
      await gate.open()
      await until(() => seen.length === 2)
      await queue.enqueue(testJob, { tenantId, n: 3 })
      await until(() => seen.length === 3)
      expect(await failures()).toEqual([])
    })

    it('outlives a restart of its home, and so does the job that runs meanwhile', async () => {
      let finish: () => void = () => {}
      const attempts: number[] = []
      work(async (_payload, { attempt }) => {
        attempts.push(attempt)
        await new Promise<void>((resolve) => (finish = resolve))
      })
      closers.push(() => finish())
      await queue.enqueue(testJob, { tenantId, n: 1 })
      await until(() => attempts.length === 1)
      await place.disturb()
      finish()
      await until(async () => (await counts())['completed'] === 1)
      await until(() =>
        queue.enqueue(testJob, { tenantId, n: 2 }).then(
          () => true,
          () => false,
        ),
      )
      await until(() => attempts.length === 2)
      finish()
      await until(async () => (await counts())['completed'] === 2)
      expect(attempts).toEqual([1, 1])
    })

    it('lets the only job of one tenant pass the flood of another', async () => {
      for (let n = 1; n <= 100; n++) await queue.enqueue(testJob, { tenantId: 'flood', n })
      await queue.enqueue(testJob, { tenantId: 'quiet', n: 1 })
      const order: string[] = []
      work(({ tenantId }) => void order.push(tenantId))
      await until(() => order.includes('quiet'))
      expect(order.indexOf('quiet')).toBe(1)
    })
  })
}

/** Polls until it holds; the limit of the test is what ends a wait in vain. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20)
}

interface WorkerProcess {
  /** The next thing that it says. */
  says: () => Promise<unknown>
  tell: (message: string) => void
  /** kill -9, as often as wanted. */
  kill: () => Promise<void>
}

function startWorkerProcess(home: QueueHome): WorkerProcess {
  const { NODE_OPTIONS: _jest, ...environment } = process.env
  const child: ChildProcess = fork(workerProcess, {
    execArgv: ['--import', import.meta.resolve('tsx')],
    env: { ...environment, QUEUE_HOME: JSON.stringify(home) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const said: unknown[] = []
  child.on('message', (message) => said.push(message))
  return {
    says: async () => {
      await until(() => said.length > 0)
      return said.shift()
    },
    tell: (message) => void child.send(message),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
