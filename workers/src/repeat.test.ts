import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { repeat } from './repeat.ts'

const log = pino({ level: 'silent' })
const turn = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('repeated maintenance', () => {
  it('runs again after a failure', async () => {
    let runs = 0
    const run = async () => {
      runs += 1
      if (runs === 1) throw new Error('the database is away')
    }
    const stop = repeat([{ name: 'a', run, nextDelayMs: () => 1 }], { atStart: ['a'], log })
    await turn()
    await stop()
    expect(runs).toBeGreaterThan(1)
  })

  it('never runs two tasks at once', async () => {
    let running = 0
    let most = 0
    const run = async () => {
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setTimeout(resolve, 3))
      running -= 1
    }
    const tasks = ['a', 'b', 'c'].map((name) => ({ name, run, nextDelayMs: () => 1 }))
    const stop = repeat(tasks, { atStart: ['a', 'b', 'c'], log })
    await turn()
    await stop()
    expect(most).toBe(1)
  })

  it('tells a run to end when stopped, waits for it and starts none after it', async () => {
    const seen: string[] = []
    const run = async (signal: AbortSignal) => {
      seen.push('begun')
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      seen.push('ended')
    }
    const tasks = ['a', 'b'].map((name) => ({ name, run, nextDelayMs: () => 1 }))
    const stop = repeat(tasks, { atStart: ['a', 'b'], log })
    await turn()
    await stop()
    await turn()
    expect(seen).toEqual(['begun', 'ended'])
  })
})
