import { dateCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportSection } from '@outlay/domain/reports/document'
import { localDay } from '@outlay/domain/periods/local-day'
import { readAuditOfDays } from '../../sql/read-audit.ts'
import type { ReportQuestion } from '../question.ts'
import { firstOf, words } from '../rows.ts'

const ROWS_MAX = 100
/** More are not read: the audit log has them all. */
const READ_MAX = 1_000

/** What of the audit log changes what usage costs, or who bears it; named as people say it. */
const ACTIONS: Readonly<Record<string, string>> = {
  publishRateCard: 'Rate card published',
  retireRateCard: 'Rate card retired',
  publishRates: 'Rates published',
  adoptCatalogue: 'Catalogue of public prices adopted',
  publishFxRates: 'Exchange rates published',
  applyRerating: 'Usage rated again',
  approveAllocationPolicy: 'Allocation policy approved',
  changeAllocationPolicy: 'Allocation policy changed',
  withdrawAllocationPolicy: 'Allocation policy withdrawn',
  createCostPool: 'Cost pool created',
  importCostPools: 'Cost pools imported',
  setCostPoolAmount: 'Amount of a cost pool set',
  endCostPool: 'Cost pool ended',
  poolUnattributed: 'Unexplained invoice made a cost pool',
  acceptVariance: 'Variance of an invoice accepted',
  setEngagement: 'Billing terms set',
  endEngagement: 'Billing terms ended',
  reverseOutcome: 'Outcome reversed',
  setBudget: 'Budget set',
  endBudget: 'Budget ended',
  updateTenantSettings: 'Settings changed',
}

/** Who changed prices, policies, pools, budgets and terms in the period. */
export async function changes({ db, start, end, timeZone }: ReportQuestion): Promise<ReportSection> {
  const found = await readAuditOfDays(db, { start, end, actions: Object.keys(ACTIONS), limit: READ_MAX })
  const section = { id: 'changes', heading: 'Changes of policies and rates' }
  if (found.length === 0)
    return { ...section, blocks: [words('No price, policy, pool, budget or term was changed in the period.')] }
  const { shown, rest } = firstOf(found, ROWS_MAX)
  return {
    ...section,
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'changes',
          title: 'By whom and when, the latest first',
          columns: [
            { label: 'Day', kind: 'date' },
            { label: 'Change', kind: 'text' },
            { label: 'Of', kind: 'text' },
            { label: 'By', kind: 'text' },
          ],
          rows: shown.map(({ at, action, subject, actorLabel }) => [
            dateCell(localDay(Date.parse(at), timeZone)),
            textCell(ACTIONS[action] ?? action),
            textCell(subject ?? ''),
            textCell(actorLabel),
          ]),
          total: null,
        },
      },
      ...(rest.length === 0 ? [] : [words('There are more changes; the audit log has all of them.')]),
    ],
  }
}
