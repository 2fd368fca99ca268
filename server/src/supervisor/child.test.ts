import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Child } from './child.ts'

const tsx = pathToFileURL(fileURLToPath(new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url))).href

let folder: string
let said: string[]
let gaveUp: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outlay-child-'))
  said = []
  gaveUp = []
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function child(source: string): Child {
  const module = join(folder, 'child.mjs')
  writeFileSync(module, source)
  return new Child({
    name: 'part',
    module,
    env: { PATH: process.env.PATH },
    cwd: folder,
    log: (line) => said.push(line),
    onGiveUp: (sentence) => gaveUp.push(sentence),
  })
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries++) await sleep(20)
  expect(condition()).toBe(true)
}

const pids = () => said.flatMap((line) => (/^pid \d+$/.test(line) ? [Number.parseInt(line.slice(4), 10)] : []))
const LIVES = "console.log('pid ' + process.pid); setInterval(() => {}, 1000)\n"

describe('a process that is kept running', () => {
  it('is started again when it is killed, and ends when it is asked to', async () => {
    const part = child(LIVES)
    part.start()
    await until(() => pids().length === 1)
    part.markWorking()
    process.kill(pids()[0] ?? 0, 'SIGKILL')
    await until(() => pids().length === 2)
    await part.stop()
    await sleep(100)
    expect(pids()).toHaveLength(2)
    expect(isAlive(pids()[1] ?? 0)).toBe(false)
    expect(gaveUp).toEqual([])
  })

  it('is not started again when its first start fails', async () => {
    child("console.error('the database is too old'); process.exit(3)\n").start()
    await until(() => gaveUp.length === 1)
    expect(gaveUp).toEqual(['The part could not start (exit code 3); what it said is above.'])
    expect(said).toContain('the database is too old')
  })

  it('is given up after five crashes', async () => {
    const part = child("console.log('pid ' + process.pid); setTimeout(() => process.exit(1), 30)\n")
    part.start()
    part.markWorking()
    await until(() => gaveUp.length === 1)
    expect(pids()).toHaveLength(5)
  })

  it('finishes what it does before it ends', async () => {
    const part = child(
      "process.on('SIGTERM', () => setTimeout(() => { console.log('finished'); process.exit(0) }, 200))\n" + LIVES,
    )
    part.start()
    await until(() => pids().length === 1)
    await part.stop()
    await until(() => said.includes('finished'))
  })

  it('ends by itself, finishing what it does, when its supervisor is killed', async () => {
    const marker = join(folder, 'marker')
    writeFileSync(
      join(folder, 'child.mjs'),
      `import { appendFileSync } from 'node:fs'\n` +
        `const note = (text) => appendFileSync(${JSON.stringify(marker)}, text + '\\n')\n` +
        `process.on('SIGTERM', () => { note('finished'); process.exit(0) })\nnote(String(process.pid))\nsetInterval(() => {}, 1000)\n`,
    )
    const childModule = fileURLToPath(new URL('./child.ts', import.meta.url))
    writeFileSync(
      join(folder, 'parent.mts'),
      `import { Child } from ${JSON.stringify(pathToFileURL(childModule).href)}\n` +
        `new Child({ name: 'part', module: ${JSON.stringify(join(folder, 'child.mjs'))}, env: process.env, cwd: '.', log: console.log, onGiveUp: console.log }).start()\n`,
    )
    const { NODE_OPTIONS: _jest, ...env } = process.env
    const parent: ChildProcess = spawn(process.execPath, ['--import', tsx, join(folder, 'parent.mts')], { env })
    const { existsSync, readFileSync } = await import('node:fs')
    await until(() => existsSync(marker))
    parent.kill('SIGKILL')
    await until(() => readFileSync(marker, 'utf8').includes('finished'))
    const pid = Number.parseInt(readFileSync(marker, 'utf8'), 10)
    await until(() => !isAlive(pid))
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
