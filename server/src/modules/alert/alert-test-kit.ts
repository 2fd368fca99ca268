import type { AlertDraft } from '@outlay/db/alerts/alert-row'
import { lockAlerts } from '@outlay/db/alerts/lock-alerts'
import { raiseAlert } from '@outlay/db/alerts/raise-alert'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { openEvents } from '@outlay/workers/events'
import { pino } from 'pino'
import type { TestServer } from '../../http/server-test-kit.ts'

/** A spike of the fleet, told apart by its name. */
export function draft(name: string, given: Partial<AlertDraft> = {}): AlertDraft {
  return {
    kind: 'COST_SPIKE',
    severity: 'WARNING',
    scope: 'FLEET',
    memberId: NIL_UUID,
    secondId: null,
    series: name,
    dedupeKey: name,
    budgetId: null,
    threshold: null,
    title: name,
    reason: `${name} cost six times what is usual.`,
    expected: parseFixed18('50'),
    bandLow: parseFixed18('40'),
    bandHigh: parseFixed18('60'),
    actual: parseFixed18('300'),
    impact: parseFixed18('250'),
    impactPerHour: null,
    firstDay: '2026-03-02',
    lastDay: '2026-03-02',
    windowStart: '2026-03-02T00:00:00Z',
    windowEnd: '2026-03-03T00:00:00Z',
    contributors: [],
    decomposition: null,
    evidence: { rule: 'POINT', score: 5, ratio: 6 },
    suppressedBy: null,
    ...given,
  }
}

/** Raises alerts as another process does: in one transaction, and then with a hint of each. */
export function alertsElsewhere({ server, settings }: Pick<TestServer, 'server' | 'settings'>) {
  const events = openEvents(settings.queueHome, { log: pino({ level: 'silent' }) })
  const raise = async (tenantId: string, drafts: readonly AlertDraft[], { hint = true } = {}): Promise<string[]> => {
    const ids = await tenantTransaction(server.pool, tenantId, async (client) => {
      await lockAlerts(client, tenantId)
      const raised: string[] = []
      for (const one of drafts) {
        const outcome = await raiseAlert(client, tenantId, one, { nowMs: Date.now() })
        if (outcome !== null) raised.push(outcome.alertId)
      }
      return raised
    })
    if (hint) await Promise.all(ids.map((alertId) => events.publish('alert', tenantId, { alertId })))
    return ids
  }
  return { events, raise, close: () => events.close() }
}
