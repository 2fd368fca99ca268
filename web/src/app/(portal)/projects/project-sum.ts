import type { SumFacts } from '../../../components/cost/sum-panel.tsx'
import type { ProjectsQuery } from '../../../generated/graphql.ts'
import type { SumQuestion } from '../../../lib/sum.ts'

type Row = Pick<
  ProjectsQuery['projectCosts']['nodes'][number],
  'cost' | 'margin' | 'costPerTask' | 'revenue' | 'revenueParts' | 'tasksCompleted'
> & { project: { key: string; name: string } }

/** What a page shows of one project's amounts; null for a project that is not on it, and for anything else. */
export function projectSumFacts(rows: readonly Row[], { what, of }: SumQuestion): SumFacts | null {
  const [tag, ...more] = of
  if (tag?.dimension !== 'project' || more.length > 0) return null
  const row = rows.find(({ project }) => project.key === tag.key)
  if (row === undefined) return null
  const { direct, chainShared: shared, allocated, total: cost } = row.cost
  const figures = { direct, shared, allocated, cost, margin: row.margin, unit: row.costPerTask }
  return {
    name: row.project.name,
    figure: what in figures ? figures[what as keyof typeof figures] : null,
    revenue: row.revenue,
    revenueParts: row.revenueParts,
    tasks: row.tasksCompleted,
  }
}
