import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync } from 'node:fs'

/** Whether a process with this id exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return procStat(pid)?.state !== 'Z'
}

/**
 * Tells two processes apart that got the same id one after the other (ids are reused, above all after a reboot).
 * Empty where the system gives no start time; then the id alone has to do.
 */
export function processIdentity(pid: number): string {
  if (process.platform === 'linux') {
    const started = procStat(pid)?.startTicks ?? ''
    return started && `${readOrEmpty('/proc/sys/kernel/random/boot_id').trim()}:${started}`
  }
  if (process.platform === 'win32') return ''
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
}

/** Whether this process is a Postgres server working on that data folder. */
export function servesFolder(pid: number, cluster: string): boolean {
  // A Postgres server changes into its data folder, and stays.
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
    } catch {
      return false
    }
  }
  if (process.platform === 'win32') {
    const filter = ['/FI', `PID eq ${pid}`, '/NH']
    return /postgres/i.test(spawnSync('tasklist', filter, { encoding: 'utf8' }).stdout ?? '')
  }
  const command = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  return command.includes('postgres') && command.includes(cluster)
}

/** Waits until the condition holds; false when it did not in time. */
export async function waitFor(condition: () => boolean, timeoutMs: number, stepMs = 20): Promise<boolean> {
  const end = Date.now() + timeoutMs
  while (!condition()) {
    if (Date.now() > end) return false
    await sleep(stepMs)
  }
  return true
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Signals a process that may have ended meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function procStat(pid: number): { state: string; startTicks: string } | null {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  if (!text) return null
  // The name in parentheses may hold spaces; fields are counted from behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
