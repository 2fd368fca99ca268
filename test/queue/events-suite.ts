import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type Events, openEvents } from '@outlay/workers/events'
import { pino } from 'pino'
import { Gate } from './gate.ts'
import type { TestHome } from './test-home.ts'

const REREAD = { kind: 'reread', reason: 'connected' }

/** What events promise, whatever their home. */
export function describeEvents(name: string, open: () => Promise<TestHome>): void {
  describe(`events on ${name}`, () => {
    let place: TestHome
    let here: Events
    let there: Events
    const closers: (() => Promise<unknown>)[] = []
    const told: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => told.push(JSON.parse(line).msg) })

    beforeAll(async () => {
      place = await open()
    }, 120_000)

    beforeEach(() => {
      told.length = 0
      here = openEvents(place.home, { log })
      there = openEvents(place.home, { log })
      closers.push(
        () => here.close(),
        () => there.close(),
      )
    })

    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
    })

    afterAll(() => place.close())

    it('reach who subscribed to the tenant, in another process and in their own, and nobody else', async () => {
      const [a, alsoA, b] = [
        here.subscribe('rerating', 'a'),
        there.subscribe('rerating', 'a'),
        there.subscribe('rerating', 'b'),
      ]
      for (const subscription of [a, alsoA, b])
        expect(await subscription.next()).toEqual({ done: false, value: REREAD })
      await here.publish('rerating', 'a', { reratingId: '1' })
      await there.publish('rerating', 'b', { reratingId: '2' })
      const event = (reratingId: string) => ({ done: false, value: { kind: 'event', ids: { reratingId } } })
      expect(await a.next()).toEqual(event('1'))
      expect(await alsoA.next()).toEqual(event('1'))
      expect(await b.next()).toEqual(event('2'))
    })

    it('are not heaped up for a slow subscriber, who is told to read anew', async () => {
      const slow = there.subscribe('rerating', 'slow')
      const quick = there.subscribe('rerating', 'quick')
      expect(await quick.next()).toMatchObject({ value: REREAD })
      for (let n = 1; n <= 300; n++) await here.publish('rerating', 'slow', { n: String(n) })
      // Comes behind all others.
      await here.publish('rerating', 'quick', { n: 'last' })
      expect(await quick.next()).toMatchObject({ value: { ids: { n: 'last' } } })

      expect(await slow.next()).toMatchObject({ value: { kind: 'reread', reason: 'overflow' } })
      // 256 waited: that listening had begun, and 255 events. The next one emptied the queue; these came after it.
      for (let n = 257; n <= 300; n++) expect(await slow.next()).toMatchObject({ value: { ids: { n: String(n) } } })
    })

    it('tell of an outage by asking to read anew, and go on', async () => {
      const gate = await Gate.before(place.home.url)
      closers.push(() => gate.shut())
      await gate.open()
      const gated = openEvents({ ...place.home, url: gate.through(place.home.url) }, { log })
      closers.push(() => gated.close())
      const subscription = gated.subscribe('rerating', 'a')
      expect(await subscription.next()).toMatchObject({ value: REREAD })
      await gate.shut()
      await here.publish('rerating', 'a', { n: 'missed' })
      // Nobody waits for a hint that cannot be given.
      await gated.publish('rerating', 'a', { n: 'lost' })
      await gate.open()
      expect(await subscription.next()).toMatchObject({ value: REREAD })
      await here.publish('rerating', 'a', { n: 'heard' })
      expect(await subscription.next()).toMatchObject({ value: { ids: { n: 'heard' } } })
      expect(told).toContainEqual(expect.stringMatching(/^events \((PostgreSQL|Redis)\) are lost/))
    })

    it('outlive a restart of their home', async () => {
      const subscription = there.subscribe('rerating', 'a')
      expect(await subscription.next()).toMatchObject({ value: REREAD })
      await place.disturb()
      expect(await subscription.next()).toMatchObject({ value: REREAD })
      // The sender's connection was cut as well: a hint that meets the cut is lost.
      const heard = subscription.next()
      let isHeard = false
      void heard.then(() => (isHeard = true))
      while (!isHeard) {
        await here.publish('rerating', 'a', { n: 'heard' })
        await sleep(50)
      }
      expect(await heard).toMatchObject({ value: { ids: { n: 'heard' } } })
    })

    it('carry ids and no more: 7,999 bytes', async () => {
      const subscription = there.subscribe('rerating', 'a')
      expect(await subscription.next()).toMatchObject({ value: REREAD })
      const room = 7_999 - Buffer.byteLength(JSON.stringify({ topic: 'rerating', tenantId: 'a', ids: { text: '' } }))
      const text = 'é'.repeat(room / 2)
      await here.publish('rerating', 'a', { text })
      expect(await subscription.next()).toMatchObject({ value: { ids: { text } } })
      await expect(here.publish('rerating', 'a', { text: `${text}éé` })).rejects.toThrow(
        /^An event of rerating has 8,?00\d bytes; at most 7999 are allowed: send ids only\.$/,
      )
    })

    it('end for a subscriber who leaves, whose signal is aborted, or whose events are closed', async () => {
      const left = there.subscribe('rerating', 'a')
      for await (const notice of left) {
        expect(notice).toEqual(REREAD)
        break
      }
      const ended = { done: true, value: undefined }
      expect(await left.next()).toEqual(ended)

      const abort = new AbortController()
      const aborted = there.subscribe('rerating', 'a', { signal: abort.signal })
      expect(await aborted.next()).toMatchObject({ value: REREAD })
      const waiting = aborted.next()
      abort.abort()
      expect(await waiting).toEqual(ended)
      expect(await there.subscribe('rerating', 'a', { signal: abort.signal }).next()).toEqual(ended)

      const open = there.subscribe('rerating', 'a')
      await there.close()
      closers.pop()
      expect(await open.next()).toEqual(ended)
    })
  })
}
