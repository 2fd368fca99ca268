import { ALERT_FEEDBACK, ALERT_KINDS, ALERT_SEVERITIES, ALERT_STATES } from '@outlay/domain/alerts/alert'
import { builder } from '../../graphql/builder.ts'

export const AlertKind = builder.enumType('AlertKind', { values: ALERT_KINDS })

export const AlertSeverity = builder.enumType('AlertSeverity', { values: ALERT_SEVERITIES })

export const AlertState = builder.enumType('AlertState', { values: ALERT_STATES })

export const AlertFeedback = builder.enumType('AlertFeedback', {
  description:
    'EXPECTED and WRONG: the series has to stray further before it alerts again. FIXED: it was worth mending, and less is enough.',
  values: ALERT_FEEDBACK,
})

export const AlertOrder = builder.enumType('AlertOrder', { values: ['NEWEST', 'IMPACT'] as const })
