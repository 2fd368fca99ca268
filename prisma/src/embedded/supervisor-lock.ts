import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isAlive, processIdentity } from './processes.ts'

/** Lets one live process use a data folder; the lock of a process that was killed does not count. */
export function takeSupervisorLock(folder: string): () => void {
  const file = path.join(folder, 'supervisor.lock')
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) })
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' })
      return () => {
        if (readText(file) === mine) rmSync(file, { force: true })
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = parseHolder(readText(file))
    if (holder && isAlive(holder.pid) && processIdentity(holder.pid) === holder.identity) {
      throw new EmbeddedPostgresError(
        'IN_USE',
        `The data folder ${folder} is in use by another Outlay (process ${holder.pid}): stop that one first, or set OUTLAY_DATA_DIR to another folder.`,
      )
    }
    rmSync(file, { force: true })
  }
  throw new EmbeddedPostgresError('IN_USE', `The lock ${file} changes hands all the time: start Outlay once.`)
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
