import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CrashLimit } from './crash-limit.ts'

export type ChildOptions = {
  name: string
  /** The module to run; TypeScript is fine. */
  module: string
  args?: string[]
  env: NodeJS.ProcessEnv
  cwd: string
  /** How V8 keeps its memory; left out: for a process that takes batches of events. */
  v8Flags?: readonly string[]
  log: (line: string) => void
  /** The child ended too often: its supervisor should end as well. */
  onGiveUp: (sentence: string) => void
}

const STOP_MS_MAX = 10_000
/** Events live for one batch: a young generation that holds a batch is collected far less often (npm run bench). */
const BATCH_FLAGS = ['--max-semi-space-size=64']
const endWithParent = fileURLToPath(new URL('./end-with-parent.mjs', import.meta.url))

/**
 * A process of ours that is kept running: started again when it ends by itself, ended on request. It runs in a process
 * group of its own, so that Ctrl-C reaches the supervisor only and the order of the shutdown is ours.
 */
export class Child {
  readonly #options: ChildOptions
  readonly #crashes = new CrashLimit()
  #process: ChildProcess | null = null
  #wanted = false
  #hasWorked = false

  constructor(options: ChildOptions) {
    this.#options = options
  }

  start(): void {
    this.#wanted = true
    const { module, args = [], env, cwd, v8Flags = BATCH_FLAGS } = this.#options
    const loaders = [...v8Flags, '--import', import.meta.resolve('tsx'), '--import', endWithParent]
    const child = fork(module, args, {
      cwd,
      env,
      execArgv: loaders,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#process = child
    this.#tell(child)
    // 'close' comes after the last line of output, 'exit' may come before it.
    child.once('close', (code, signal) => void this.#ended(child, code, signal))
  }

  /** Asks the process to end and waits for it; after ten seconds it is ended by force. */
  async stop(): Promise<void> {
    this.#wanted = false
    const child = this.#process
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await ended
    clearTimeout(force)
  }

  async restart(): Promise<void> {
    await this.stop()
    this.start()
  }

  /** From now on an end of the process is a crash to recover from, not a failed start. */
  markWorking(): void {
    this.#hasWorked = true
  }

  get name(): string {
    return this.#options.name
  }

  #tell(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', this.#options.log)
    }
  }

  async #ended(child: ChildProcess, code: number | null, signal: string | null): Promise<void> {
    if (!this.#wanted || child !== this.#process) return
    const how = signal ?? `exit code ${code}`
    const { name, log, onGiveUp } = this.#options
    if (!this.#hasWorked && signal === null) {
      onGiveUp(`The ${name} could not start (${how}); what it said is above.`)
      return
    }
    const decision = this.#crashes.decide({ nowMs: Date.now(), signal })
    if (decision.kind === 'give-up') {
      onGiveUp(`The ${name} ended again and again (${how}); what it said is above.`)
      return
    }
    log(`ended unexpectedly (${how}) and is started again`)
    await sleep(decision.waitMs)
    if (this.#wanted && child === this.#process) this.start()
  }
}
