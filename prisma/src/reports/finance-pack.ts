import type { ReportDocument } from '@outlay/domain/reports/document'
import { anomalies } from './finance/anomalies.ts'
import { changes } from './finance/changes.ts'
import { closeChecks } from './finance/close-checks.ts'
import { corrections } from './finance/corrections.ts'
import { fleetCost } from './finance/fleet-cost.ts'
import { journalOf } from './finance/journal.ts'
import { byAgent, byClient, movers } from './finance/members.ts'
import { pools } from './finance/pools.ts'
import { reconciliation } from './finance/reconciliation.ts'
import { byTask } from './finance/tasks.ts'
import { trend } from './finance/trend.ts'
import { unknownCost } from './finance/unknown-cost.ts'
import { variance } from './finance/variance.ts'
import { readMembers } from './members.ts'
import type { ReportQuestion } from './question.ts'

/** What finance files of a period: one section after the other, all from one snapshot. */
export async function financePack(question: ReportQuestion): Promise<ReportDocument> {
  const agents = await readMembers(question, 'AGENT')
  const clients = await readMembers(question, 'CLIENT')
  const { issuer, range, timeZone, currency, asOf } = question
  return {
    kind: 'FINANCE_PACK',
    title: 'Finance pack',
    issuer,
    addressee: null,
    period: range,
    ...{ timeZone, currency, asOf },
    sections: [
      await fleetCost(question),
      await trend(question),
      await variance(question),
      movers(question, agents, clients),
      await byAgent(question, agents),
      await byClient(question, clients),
      await byTask(question),
      await pools(question),
      await unknownCost(question),
      await reconciliation(question),
      await corrections(question),
      await changes(question),
      await anomalies(question),
      await closeChecks(question),
      await journalOf(question, clients),
    ],
  }
}
