import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { cleanEnvironment } from './environment.ts'
import type { Home } from './home.ts'
import { readPostmasterFile } from './orphan.ts'
import { isAlive, signal } from './processes.ts'

export interface ServerProcess {
  readonly pid: number
  readonly exited: Promise<void>
  hasExited(): boolean
  signal(name: NodeJS.Signals): void
}

/**
 * Runs the server in a session of its own: Ctrl-C at the terminal reaches the supervisor only, which lets requests
 * finish before it stops the database.
 */
export function launch(options: { home: Home; binaries: Binaries; port: number }): ServerProcess {
  const { home, binaries, port } = options
  const fixed = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' }
  const settings = Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  if (process.platform === 'win32') return launchOnWindows({ home, binaries, settings })
  const out = openSync(home.logFile, 'a')
  const child = spawn(binaries.postgres, ['-D', home.cluster, ...settings], {
    uid: home.account?.uid,
    gid: home.account?.gid,
    cwd: home.folder,
    env: cleanEnvironment(),
    stdio: ['ignore', out, out],
    detached: true,
  })
  closeSync(out)
  const { pid } = child
  if (pid === undefined) throw new EmbeddedPostgresError('NOT_STARTED', `${binaries.postgres} could not be run`)
  child.unref()
  let ended = false
  const exited = new Promise<void>((resolve) => {
    child.once('error', resolve).once('exit', resolve)
  }).then(() => {
    ended = true
  })
  return { pid, exited, hasExited: () => ended || !isAlive(pid), signal: (name) => signal(pid, name) }
}

/** pg_ctl drops administrator rights, which Postgres refuses as it refuses root. */
function launchOnWindows(options: { home: Home; binaries: Binaries; settings: string[] }): ServerProcess {
  const { home, binaries, settings } = options
  const inner = settings.map((s) => (s === '-c' ? s : `"${s}"`)).join(' ')
  const control = (...args: string[]) =>
    spawnSync(binaries.pgCtl, [...args, '-D', home.cluster], { env: cleanEnvironment(), stdio: 'ignore' })
  control('start', '-w', '-t', '600', '-l', home.logFile, '-o', inner)
  const pid = readPostmasterFile(home.cluster)?.pid ?? 0
  const hasExited = () => pid === 0 || !isAlive(pid)
  const exited = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (!hasExited()) return
      clearInterval(timer)
      resolve()
    }, 500)
    timer.unref()
  })
  return {
    pid,
    exited,
    hasExited,
    signal: (name) => void control('stop', '-m', name === 'SIGINT' ? 'fast' : 'immediate'),
  }
}
