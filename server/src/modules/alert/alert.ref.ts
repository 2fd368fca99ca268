import type { AlertRow } from '@outlay/db/alerts/alert-row'
import { builder } from '../../graphql/builder.ts'

/** An alert as the schema shows it. */
export interface AlertSource extends AlertRow {
  readonly nodeKind: 'Alert'
}

/** Budgets name alerts and alerts name budgets: the name is here, what it has in alert.type.ts. */
export const Alert = builder.objectRef<AlertSource>('Alert')
