import type { ClientRecord } from '../sql/read-dimensions.ts'
import type { ReportDocument } from '@outlay/domain/reports/document'
import { byClient } from './finance/members.ts'
import { readFailedCosts } from '../sql/read-failed-cost.ts'
import { readMembers } from './members.ts'
import type { ReportQuestion } from './question.ts'
import { budgetBurn } from './weekly/burn.ts'
import { monthCharges } from './weekly/charges.ts'
import { failedCalls } from './weekly/failed-calls.ts'
import { weekFigures } from './weekly/week-figures.ts'
import { projectCosts, readProjectRows, taskCosts } from './weekly/projects.ts'

/**
 * What a project manager acts on: clients and projects with revenue, cost and margin, tasks, failed
 * and retried calls, budgets and charges. Of one client, or of all.
 */
export async function projectWeekly(question: ReportQuestion, client: ClientRecord | null): Promise<ReportDocument> {
  const { issuer, range, timeZone, currency, asOf } = question
  const clientId = client?.id ?? null
  const projects = await readProjectRows(question, clientId)
  const failed = await readFailedCosts(question.db, { ...question, clientId })
  const projectIds = new Set(projects.map(({ id }) => id))
  return {
    kind: 'PROJECT_WEEKLY',
    title: client === null ? 'Projects of the week' : `Projects of ${client.name}`,
    issuer,
    addressee: null,
    period: range,
    ...{ timeZone, currency, asOf },
    sections: [
      weekFigures(projects, failed),
      ...(client === null ? [await byClient(question, await readMembers(question, 'CLIENT'))] : []),
      projectCosts(projects),
      await taskCosts(question, projects),
      await failedCalls(question, failed),
      await budgetBurn(question, { clientId, projectIds }),
      await monthCharges(question, clientId),
    ],
  }
}
