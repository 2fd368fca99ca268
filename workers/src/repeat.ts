import type { Logger } from 'pino'

/** A piece of maintenance. `nextDelayMs`: how long from `now` until it is due again. */
export type MaintenanceTask = {
  name: string
  run: (signal: AbortSignal) => Promise<void>
  nextDelayMs: (now: Date) => number
}

/**
 * Runs each task now when `atStart` names it, then whenever it is due, one at a time: maintenance must not crowd out the
 * server's connections. A failed run is logged and tried again when the task is due again. Answers how to stop: a run under
 * way is told to end and waited for.
 */
export function repeat(
  tasks: readonly MaintenanceTask[],
  { atStart, log, now = () => new Date() }: { atStart: readonly string[]; log: Logger; now?: () => Date },
): () => Promise<void> {
  const abort = new AbortController()
  const timers = new Map<string, NodeJS.Timeout>()
  let underway: Promise<void> = Promise.resolve()

  const enqueue = (task: MaintenanceTask) => {
    underway = underway.then(() => runOnce(task, { log, signal: abort.signal })).then(() => schedule(task))
  }
  const schedule = (task: MaintenanceTask) => {
    if (abort.signal.aborted) return
    timers.set(task.name, setTimeout(enqueue, task.nextDelayMs(now()), task))
  }
  for (const task of tasks) {
    if (atStart.includes(task.name)) enqueue(task)
    else schedule(task)
  }
  return async () => {
    abort.abort()
    for (const timer of timers.values()) clearTimeout(timer)
    await underway
  }
}

async function runOnce(task: MaintenanceTask, { log, signal }: { log: Logger; signal: AbortSignal }): Promise<void> {
  if (signal.aborted) return
  const began = performance.now()
  try {
    await task.run(signal)
    log.info({ task: task.name, ms: Math.round(performance.now() - began) }, 'maintenance done')
  } catch (error) {
    log.error({ task: task.name, err: error }, 'maintenance failed; it is tried again when it is due')
  }
}
