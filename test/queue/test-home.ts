import type { QueueHome } from '@outlay/workers/queue-home'

/** A real home of the queue for one test file. */
export interface TestHome {
  home: QueueHome
  /** Forgets all jobs, so that each test begins with an empty queue. */
  clear: () => Promise<void>
  /** Gives the locks of all running jobs to another worker, as happens to a worker that is not heard of for too long. */
  stealLocks: () => Promise<void>
  /** Ends every connection from the home's side, as a restart of the home does; it is back when this answers. */
  disturb: () => Promise<void>
  close: () => Promise<void>
}
