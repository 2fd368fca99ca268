import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))
const readyMsMax = 120_000

/** A data folder that also a Postgres of another user (for root) can enter; gone with `remove`. */
export function dataFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'outlay-start-'))
  chmodSync(path, 0o755)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** `npm start` as a person runs it, without npm. */
export class OutlayRun {
  readonly child: ChildProcess
  readonly url: string
  output = ''

  constructor(environment: { OUTLAY_DATA_DIR: string; OUTLAY_PORT: string } & Record<string, string>) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(OUTLAY_|NODE_OPTIONS|NODE_ENV|DATABASE_URL)/.test(name),
    )
    this.url = `http://127.0.0.1:${environment.OUTLAY_PORT}`
    this.child = spawn(process.execPath, [script], {
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
  }

  /** Waits for the line that says where it is. */
  async ready(): Promise<void> {
    const began = Date.now()
    while (!this.output.includes('Outlay is ready')) {
      if (this.child.exitCode !== null) throw new Error(`It ended before it was ready:\n${this.output}`)
      if (Date.now() - began > readyMsMax) throw new Error(`It was not ready in time:\n${this.output}`)
      await sleep(50)
    }
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    return this.child.exitCode
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal)
    return this.ended()
  }
}

/** Command lines and environments of all processes that have to do with a data folder; the proof that none is left. */
export function processesOf(folder: string): string[] {
  const listed = execFileSync('ps', ['axeww', '-o', 'pid=,args='], { maxBuffer: 64 * 1024 * 1024 }).toString()
  return listed
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes('ps axeww'))
    .map((line) => line.slice(0, 160))
}

/** Waits until no process of a data folder is left; answers those that are. */
export async function leftOver(folder: string, waitMs: number): Promise<string[]> {
  const end = Date.now() + waitMs
  while (processesOf(folder).length > 0 && Date.now() < end) await sleep(100)
  return processesOf(folder)
}
