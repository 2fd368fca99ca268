import { type ChildProcess, spawn } from 'node:child_process'

/** Waits until its input closes, then asks the server for a fast shutdown, unless another one serves the folder by then. */
const WATCH = 'cat >/dev/null; [ "$(head -n 1 "$1/postmaster.pid" 2>/dev/null)" = "$2" ] && kill -INT "$2"'

/**
 * A shell of one line that outlives this process: if the supervisor is killed and cannot stop Postgres, the shell does.
 * Where there is no such shell (Windows), the next start ends the server that was left.
 */
export class PostgresGuard {
  readonly #shell: ChildProcess | null

  constructor({ cluster, pid }: { cluster: string; pid: number }) {
    if (process.platform === 'win32') {
      this.#shell = null
      return
    }
    this.#shell = spawn('/bin/sh', ['-c', WATCH, 'outlay-postgres-guard', cluster, String(pid)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#shell.once('error', () => {})
    this.#shell.stdin?.once('error', () => {})
    this.#shell.unref()
  }

  /** The server has ended, or is about to be ended in the proper way. */
  dismiss(): void {
    this.#shell?.kill('SIGKILL')
    // What the shell was waiting with ends when its input does.
    this.#shell?.stdin?.destroy()
  }
}
