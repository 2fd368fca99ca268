import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isAlive, processIdentity, sleep } from './processes.ts'

// Somebody who stops Outlay and starts it at once finds the old one still shutting down.
const patienceMs = 3_000

/** Lets one live process use a data folder; the lock of a process that was killed does not count. */
export async function takeSupervisorLock(folder: string): Promise<() => void> {
  const file = path.join(folder, 'supervisor.lock')
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) })
  const end = Date.now() + patienceMs
  for (;;) {
    if (tryCreate(file, mine)) {
      return () => {
        if (readText(file) === mine) rmSync(file, { force: true })
      }
    }
    const text = readText(file)
    const holder = parseHolder(text)
    if (holder && isAlive(holder.pid) && processIdentity(holder.pid) === holder.identity) {
      if (Date.now() < end) await sleep(50)
      else throw inUse(folder, holder.pid)
    } else if (readText(file) === text) {
      rmSync(file, { force: true })
    }
  }
}

/** Appears with its content or not at all: nobody may take a half-written lock for a stale one. */
function tryCreate(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text)
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

function inUse(folder: string, pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'IN_USE',
    `The data folder ${folder} is in use by another Outlay (process ${pid}): stop that one first, or set OUTLAY_DATA_DIR to another folder.`,
  )
}

function parseHolder(text: string): { pid: number; identity: string } | null {
  try {
    return JSON.parse(text) as { pid: number; identity: string }
  } catch {
    return null
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
