import type { ClientRecord } from '../sql/read-dimensions.ts'
import type { ReportDocument } from '@outlay/domain/reports/document'
import { byClient } from './finance/members.ts'
import { readMembers } from './members.ts'
import type { ReportQuestion } from './question.ts'
import { budgetBurn } from './weekly/burn.ts'
import { monthCharges } from './weekly/charges.ts'
import { failedCalls } from './weekly/failed-calls.ts'
import { projectCosts, readProjectRows, taskCosts } from './weekly/projects.ts'

/**
 * What a project manager acts on: clients and projects with revenue, cost and margin, tasks, failed
 * and retried calls, budgets and charges. Of one client, or of all.
 */
export async function projectWeekly(question: ReportQuestion, client: ClientRecord | null): Promise<ReportDocument> {
  const { issuer, range, timeZone, currency, asOf } = question
  const clientId = client?.id ?? null
  const projects = await readProjectRows(question, clientId)
  const projectIds = new Set(projects.map(({ id }) => id))
  return {
    kind: 'PROJECT_WEEKLY',
    title: client === null ? 'Projects of the week' : `Projects of ${client.name}`,
    issuer,
    addressee: null,
    period: range,
    ...{ timeZone, currency, asOf },
    sections: [
      ...(client === null ? [await byClient(question, await readMembers(question, 'CLIENT'))] : []),
      projectCosts(projects),
      await taskCosts(question, projects),
      await failedCalls(question, clientId),
      await budgetBurn(question, { clientId, projectIds }),
      await monthCharges(question, clientId),
    ],
  }
}
