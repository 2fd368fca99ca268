import { describe, expect, it } from '@jest/globals'
import { FrameMemory } from './alert-stream.ts'

describe('what the live feed remembers', () => {
  it('resumes from the newest change, whatever order changes came in', () => {
    const memory = new FrameMemory('2026-11-23T10:00:00.000000Z')
    expect(memory.isNew({ id: 'alr_1', updatedAt: '2026-11-23T11:12:00.000000Z' })).toBe(true)
    expect(memory.isNew({ id: 'alr_2', updatedAt: '2026-11-23T10:30:00.000000Z' })).toBe(true)
    expect(memory.since).toBe('2026-11-23T11:12:00.000000Z')
  })

  it('knows a repeated change, and takes the next one of the same alert', () => {
    const memory = new FrameMemory('2026-11-23T10:00:00Z')
    const frame = { id: 'alr_1', updatedAt: '2026-11-23T11:12:00Z' }
    expect([memory.isNew(frame), memory.isNew(frame)]).toEqual([true, false])
    expect(memory.isNew({ ...frame, updatedAt: '2026-11-23T11:14:00Z' })).toBe(true)
  })

  it('never goes back before where it began', () => {
    const memory = new FrameMemory('2026-11-23T10:00:00Z')
    expect(memory.isNew({ id: 'alr_1', updatedAt: '2026-11-23T09:59:00Z' })).toBe(true)
    expect(memory.since).toBe('2026-11-23T10:00:00Z')
  })
})
