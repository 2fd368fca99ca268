import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { Subscription } from '@outlay/workers/events'
import type { Context } from '../../graphql/context.ts'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { alertsElsewhere, draft } from './alert-test-kit.ts'
import { ChangeHints } from './change-hints.ts'
import { followAlerts } from './follow-alerts.ts'

let test: TestServer
let tenant: TestTenant
let elsewhere: ReturnType<typeof alertsElsewhere>

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  elsewhere = alertsElsewhere(test)
}, 120_000)

afterAll(async () => {
  await elsewhere.close()
  await test.close()
})

/** What following looks at of the context of a socket, and the notices that it listens to. */
function listening(): { context: Context; notices: () => Subscription | undefined } {
  let notices: Subscription | undefined
  const subscribe = () => (notices = elsewhere.events.subscribe('alert', tenant.id))
  const context = { db: tenantSql(test.server.pool, tenant.id), live: { subscribe } } as unknown as Context
  return { context, notices: () => notices }
}

describe('following alerts', () => {
  it('ends at once when its reader leaves, also while nothing happens, and listens no more', async () => {
    const { context, notices } = listening()
    const alerts = followAlerts(context, {})
    const next = alerts.next()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await alerts.return?.()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await notices()?.next()).toEqual({ done: true, value: undefined })
  })

  it('finds what a clock that was put back stamps before what it has read already', async () => {
    const { context } = listening()
    const [ahead = ''] = await elsewhere.raise(tenant.id, [draft('ahead of its time')], { hint: false })
    await test.owner.query(`UPDATE alert SET updated_at = now() + interval '1 hour' WHERE id = $1`, [ahead])
    const alerts = followAlerts(context, {})
    const next = alerts.next()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await elsewhere.raise(tenant.id, [draft('after the clock was put back')])
    expect((await next).value).toMatchObject({ title: 'after the clock was put back' })
    await alerts.return?.()
  })
})

describe('hints of changes', () => {
  it('are one reading however many come while their reader is busy, and 256 ids at most', async () => {
    const notices = elsewhere.events.subscribe('alert', tenant.id)
    const hints = new ChangeHints(notices)
    for (let i = 0; i < 50_000; i += 1) {
      notices.push({ kind: 'event', ids: { alertId: `alert ${i}` } })
      if (i % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const ids = await hints.next()
    expect(ids).toHaveLength(256)
    hints.end()
    expect(await hints.next()).toBeNull()
  })
})
