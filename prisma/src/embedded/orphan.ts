import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isAlive, servesFolder, signal, waitFor } from './processes.ts'

/** What a running (or crashed) server wrote into its data folder. */
export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  readonly status: string
}

export function readPostmasterFile(cluster: string): PostmasterFile | null {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    const [pid, port] = [Number.parseInt(lines[0] ?? '', 10), Number.parseInt(lines[3] ?? '', 10)]
    return pid > 0 ? { pid, port, status: (lines[7] ?? '').trim() } : null
  } catch {
    return null
  }
}

/**
 * Ends a server left over by a supervisor that was killed. It is ended, not adopted, so that settings and port are
 * always those of this start. A process that merely got the same id later is left alone.
 */
export async function stopOrphan(cluster: string): Promise<'none' | 'stale' | 'stopped'> {
  const file = readPostmasterFile(cluster)
  if (!file) return 'none'
  if (!isAlive(file.pid)) return 'stale'
  if (!servesFolder(file.pid, cluster)) {
    // Postgres would take the stranger for a live server and refuse to start.
    rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
    return 'stale'
  }
  await endServer(file.pid)
  return 'stopped'
}

/** Fast shutdown (a checkpoint, nothing lost); then immediate (recovery at the next start); then by force. */
export async function endServer(
  pid: number,
  send: (name: NodeJS.Signals) => void = (name) => signal(pid, name),
): Promise<void> {
  const gone = () => !isAlive(pid)
  for (const [name, waitMs] of [
    ['SIGINT', 60_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    send(name)
    if (await waitFor(gone, waitMs)) return
  }
  throw new Error(`Postgres (process ${pid}) does not end`)
}
