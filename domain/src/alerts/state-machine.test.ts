import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ALERT_FEEDBACK, ALERT_STATES, type AlertState } from './alert.ts'
import { act, type ActResult, type AlertActionInput, type AlertStanding } from './state-machine.ts'

const NOW = Date.parse('2026-11-03T12:00:00Z')
const BY = 'ann@example.com'
const WHO = { by: BY, nowMs: NOW }

const STANDING: Record<AlertState, AlertStanding> = {
  OPEN: {
    state: 'OPEN',
    assignee: null,
    snoozedUntil: null,
    acknowledgedBy: null,
    endedBy: null,
    endedAt: null,
    dismissReason: null,
    feedback: null,
  },
  get ACKNOWLEDGED() {
    return { ...this.OPEN, state: 'ACKNOWLEDGED' as const, acknowledgedBy: 'bo@example.com' }
  },
  get RESOLVED() {
    return {
      ...this.OPEN,
      state: 'RESOLVED' as const,
      endedBy: 'bo@example.com',
      endedAt: '2026-11-02T09:00:00Z',
    }
  },
  get DISMISSED() {
    return { ...this.RESOLVED, state: 'DISMISSED' as const, dismissReason: 'Load test' }
  },
}

const ACTIONS = {
  acknowledge: { do: 'acknowledge' },
  resolve: { do: 'resolve' },
  dismiss: { do: 'dismiss', reason: ' Month end ' },
  snooze: { do: 'snooze', until: '2026-11-04T09:00:00+01:00' },
  assign: { do: 'assign', to: 'cy@example.com' },
  feedback: { do: 'feedback', feedback: 'WRONG' },
} as const satisfies Record<AlertActionInput['do'], AlertActionInput>

const changed = (changes: Partial<AlertStanding>, note: string | null = null): ActResult => ({
  kind: 'changed',
  changes,
  note,
})
const SAME: ActResult = { kind: 'same' }
const ended = (how: 'resolved' | 'dismissed'): ActResult => ({
  kind: 'refused',
  code: 'ALERT_ENDED',
  message: `This alert was ${how} by bo@example.com at 2026-11-02T09:00:00Z.`,
})

const DISMISSED = changed({ state: 'DISMISSED', endedBy: BY, dismissReason: 'Month end' }, 'Month end')
const RESOLVED = changed({ state: 'RESOLVED', endedBy: BY })
const SNOOZED = changed({ snoozedUntil: '2026-11-04T08:00:00Z' }, '2026-11-04T08:00:00Z')
const ASSIGNED = changed({ assignee: 'cy@example.com' }, 'cy@example.com')
const WRONG = changed({ feedback: 'WRONG' }, 'WRONG')
const GONE = ended('resolved')
const THROWN_OUT = ended('dismissed')

/** Every cell: what an action does to an alert in a state. What the clock does is in by-itself.test.ts. */
const TABLE: Record<AlertState, Record<AlertActionInput['do'], ActResult>> = {
  OPEN: {
    acknowledge: changed({ state: 'ACKNOWLEDGED', acknowledgedBy: BY }),
    resolve: RESOLVED,
    dismiss: DISMISSED,
    snooze: SNOOZED,
    assign: ASSIGNED,
    feedback: WRONG,
  },
  ACKNOWLEDGED: {
    acknowledge: SAME,
    resolve: RESOLVED,
    dismiss: DISMISSED,
    snooze: SNOOZED,
    assign: ASSIGNED,
    feedback: WRONG,
  },
  RESOLVED: { acknowledge: GONE, resolve: SAME, dismiss: GONE, snooze: GONE, assign: GONE, feedback: WRONG },
  DISMISSED: {
    acknowledge: THROWN_OUT,
    resolve: THROWN_OUT,
    dismiss: SAME,
    snooze: THROWN_OUT,
    assign: THROWN_OUT,
    feedback: WRONG,
  },
}

const CELLS = ALERT_STATES.flatMap((state) =>
  Object.values(ACTIONS).map((action) => ({ state, action, result: TABLE[state][action.do] })),
)

describe('act', () => {
  it.each(CELLS)('to $state: $action.do', ({ state, action, result }) => {
    expect(act(STANDING[state], action, WHO)).toEqual(result)
  })

  it.each(CELLS.filter(({ result }) => result.kind === 'changed'))(
    'to $state: $action.do, done twice, is the same, whoever does it',
    ({ state, action, result }) => {
      if (result.kind !== 'changed') throw new Error('It changes something')
      const after = { ...STANDING[state], ...result.changes }
      expect(act(after, action, { by: 'dee@example.com', nowMs: NOW })).toEqual(SAME)
    },
  )

  const refused = (code: string, field: string, message: string): ActResult => ({
    kind: 'refused',
    code,
    message,
    field,
  })
  it.each<[string, AlertActionInput, ActResult]>([
    [
      'without a reason',
      { do: 'dismiss', reason: '  ' },
      refused('MISSING_FIELD', 'reason', 'Dismissing an alert needs a reason of at least 3 characters.'),
    ],
    [
      'with a reason of two characters',
      { do: 'dismiss', reason: ' ok ' },
      refused('MISSING_FIELD', 'reason', 'Dismissing an alert needs a reason of at least 3 characters.'),
    ],
    [
      'with a reason of 501 characters',
      { do: 'dismiss', reason: 'x'.repeat(501) },
      refused('INVALID_FIELD', 'reason', 'A reason has at most 500 characters; this one has 501.'),
    ],
    [
      'until no time',
      { do: 'snooze', until: 'tomorrow' },
      refused('INVALID_FIELD', 'until', '"tomorrow" is not an instant such as 2026-03-01T09:00:00Z.'),
    ],
    [
      'until now',
      { do: 'snooze', until: '2026-11-03T12:00:00Z' },
      refused('INVALID_FIELD', 'until', 'An alert is snoozed until later; 2026-11-03T12:00:00Z has passed.'),
    ],
    [
      'for more than 30 days',
      { do: 'snooze', until: '2026-12-03T12:00:00.001Z' },
      refused(
        'INVALID_FIELD',
        'until',
        'An alert is snoozed for at most 30 days; 2026-12-03T12:00:00.001Z is further away.',
      ),
    ],
    [
      'to a name of 255 characters',
      { do: 'assign', to: 'x'.repeat(255) },
      refused('INVALID_FIELD', 'to', 'An assignee has at most 254 characters; this one has 255.'),
    ],
    [
      'with NUL in its reason',
      { do: 'dismiss', reason: 'a test\0' },
      refused('INVALID_FIELD', 'reason', 'The reason has characters that are no text.'),
    ],
    [
      'to half of a pair',
      { do: 'assign', to: 'ann\ud83d' },
      refused('INVALID_FIELD', 'to', 'The assignee has characters that are no text.'),
    ],
  ])('refuses it %s', (_, action, result) => {
    expect(act(STANDING.OPEN, action, WHO)).toEqual(result)
  })

  it('snoozes for exactly 30 days', () => {
    const until = '2026-12-03T12:00:00Z'
    expect(act(STANDING.OPEN, { do: 'snooze', until }, WHO)).toEqual(changed({ snoozedUntil: until }, until))
  })

  it('takes an alert from somebody, and gives it to nobody twice without a change', () => {
    const assigned = { ...STANDING.OPEN, assignee: 'cy@example.com' }
    expect(act(assigned, { do: 'assign', to: ' ' }, WHO)).toEqual(changed({ assignee: null }))
    expect(act(STANDING.OPEN, { do: 'assign', to: null }, WHO)).toEqual(SAME)
  })

  it('changes a mind: other feedback replaces what was said', () => {
    const fed = { ...STANDING.RESOLVED, feedback: 'WRONG' as const }
    expect(act(fed, { do: 'feedback', feedback: 'FIXED' }, WHO)).toEqual(changed({ feedback: 'FIXED' }, 'FIXED'))
  })

  it('ends for ever: whatever people do, an ended alert keeps its state, its end and its reason', () => {
    const action: fc.Arbitrary<AlertActionInput> = fc.oneof(
      fc.constantFrom<AlertActionInput>(...Object.values(ACTIONS), { do: 'dismiss', reason: 'x' }),
      fc.constantFrom(...ALERT_FEEDBACK).map((feedback): AlertActionInput => ({ do: 'feedback', feedback })),
    )
    fc.assert(
      fc.property(fc.constantFrom(...ALERT_STATES), fc.array(action, { maxLength: 12 }), (state, actions) => {
        let alert = STANDING[state]
        for (const one of actions) {
          const before = alert
          const result = act(before, one, WHO)
          if (result.kind === 'changed') alert = { ...before, ...result.changes }
          const isEnded = before.state === 'RESOLVED' || before.state === 'DISMISSED'
          if (isEnded) expect({ ...alert, feedback: null }).toEqual({ ...before, feedback: null })
          expect(alert.dismissReason !== null).toBe(alert.state === 'DISMISSED')
          expect(alert.endedBy !== null).toBe(alert.state === 'RESOLVED' || alert.state === 'DISMISSED')
        }
      }),
    )
  })
})
