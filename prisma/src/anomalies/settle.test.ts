import { describe, expect, it } from '@jest/globals'
import { OUTLAY } from '@outlay/domain/alerts/alert'
import { settle, type KnownIncident } from './settle.ts'

const ADA = 'ada@example.test'

function known(fields: Partial<KnownIncident>): KnownIncident {
  const days = { firstDay: '2026-03-02', lastDay: '2026-03-04' }
  return { id: 'known', state: 'OPEN', ...days, impact: 100n, endedBy: null, ...fields }
}

const ended = (by: string, fields: Partial<KnownIncident> = {}) => known({ state: 'RESOLVED', endedBy: by, ...fields })

interface Case {
  when: string
  alert: KnownIncident | null
  first?: string
  last: string
  through?: string
  isOnce?: boolean
  impactAfter?: bigint | null
  does: string
}

const CASES: Case[] = [
  { when: 'nothing is known', alert: null, last: '2026-03-04', does: 'raise' },
  { when: 'one is open', alert: known({}), last: '2026-03-05', does: 'change known' },
  { when: 'one is acknowledged', alert: known({ state: 'ACKNOWLEDGED' }), last: '2026-03-05', does: 'change known' },
  {
    when: 'one is open a week before',
    alert: known({}),
    first: '2026-03-11',
    last: '2026-03-11',
    does: 'change known',
  },
  { when: 'one was eight days before', alert: ended(OUTLAY), first: '2026-03-12', last: '2026-03-12', does: 'raise' },
  {
    when: 'it ended by itself and goes on',
    alert: ended(OUTLAY),
    last: '2026-03-07',
    through: '2026-03-07',
    does: 'reopen known',
  },
  {
    when: 'it ended by itself and is over',
    alert: ended(OUTLAY),
    last: '2026-03-04',
    through: '2026-03-07',
    does: 'leave known',
  },
  {
    when: 'it had vanished and is flagged once more',
    alert: ended(OUTLAY),
    last: '2026-03-04',
    through: '2026-03-05',
    does: 'reopen known',
  },
  { when: 'a person resolved these days', alert: ended(ADA), last: '2026-03-04', does: 'leave known' },
  { when: 'a person resolved the days before', alert: ended(ADA), last: '2026-03-05', does: 'raise after 2026-03-04' },
  {
    when: 'a person dismissed it and it goes on as before',
    alert: ended(ADA, { state: 'DISMISSED' }),
    ...{ last: '2026-03-06', impactAfter: 150n, does: 'leave known' },
  },
  {
    when: 'a person dismissed it and it comes to twice as much',
    alert: ended(ADA, { state: 'DISMISSED' }),
    ...{ last: '2026-03-06', impactAfter: 200n, does: 'raise after 2026-03-04' },
  },
  { when: 'a person ended what comes once', alert: ended(ADA), last: '2026-03-08', isOnce: true, does: 'leave known' },
]

describe('what becomes of a finding', () => {
  it.each(CASES)('when $when: $does', (one) => {
    const { alert, first = '2026-03-02', last, through = '2026-03-05', isOnce = false, impactAfter = null, does } = one
    const found = { isOnce, firstDay: first, lastDay: last, impactAfter: () => impactAfter }
    const settled = settle(found, alert === null ? [] : [alert], through)
    const raise = settled.do === 'raise' && settled.after !== null ? `raise after ${settled.after}` : 'raise'
    expect(settled.do === 'raise' ? raise : `${settled.do} ${settled.alert.id}`).toBe(does)
  })
})
