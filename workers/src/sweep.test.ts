import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { sweep } from './sweep.ts'

const told: string[] = []
const log = pino({ level: 'warn' }, { write: (line: string) => told.push(JSON.parse(line).msg) })

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1)
}

describe('sweepers', () => {
  it('run at once and again, one after the other, whatever one of them meets', async () => {
    const ran: string[] = []
    let isRunning = false
    const sweeper = (name: string, fault?: Error) => async () => {
      expect(isRunning).toBe(false)
      isRunning = true
      ran.push(name)
      await sleep(1)
      isRunning = false
      if (fault !== undefined) throw fault
    }
    const stop = sweep([sweeper('a', new Error('the database is away')), sweeper('b')], { everyMs: 1, log })
    await until(() => ran.length >= 6)
    await stop()
    expect(ran.slice(0, 6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
    expect(told[0]).toBe('a sweep failed; it is tried again')
  })

  it('are waited for at the end, and none begins after it', async () => {
    let begun = 0
    let ended = 0
    const stop = sweep(
      [
        async () => {
          begun += 1
          await sleep(20)
          ended += 1
        },
      ],
      { everyMs: 1, log },
    )
    await until(() => begun === 1)
    await stop()
    await sleep(20)
    expect([begun, ended]).toEqual([1, 1])
  })
})
