import { builder } from '../../graphql/builder.ts'

export const AlertKind = builder.enumType('AlertKind', {
  values: [
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
  ] as const,
})

export const AlertSeverity = builder.enumType('AlertSeverity', { values: ['INFO', 'WARNING', 'CRITICAL'] as const })
