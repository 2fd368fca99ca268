/** What alerts are about. The first four are limits that were set; the others come from a scope's own past. */
export const ALERT_KINDS = [
  'AGENT_DAILY_LIMIT',
  'CLIENT_BUDGET',
  'PROJECT_BUDGET',
  'FLEET_CEILING',
  'COST_SPIKE',
  'COST_SHIFT',
  'AGENT_FANOUT',
  'NEW_RESOURCE',
  'UNPRICED_USAGE',
  'CHAIN_SHAPE',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** In ascending order. */
export const ALERT_SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

export const ALERT_STATES = ['OPEN', 'ACKNOWLEDGED', 'RESOLVED', 'DISMISSED'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** What people say of an alert: it was expected, it was wrong, or the cause is mended. */
export const ALERT_FEEDBACK = ['EXPECTED', 'WRONG', 'FIXED'] as const
export type AlertFeedback = (typeof ALERT_FEEDBACK)[number]

/** Who acts where no person does. */
export const OUTLAY = 'Outlay'
