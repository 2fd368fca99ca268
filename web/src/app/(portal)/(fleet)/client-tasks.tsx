import { Link } from '../../../components/ui/link.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { LineOfTruth } from '../../../components/ui/line-of-truth.tsx'
import { TaskStatusBadge } from '../../../components/ui/task-status-badge.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { countText } from '../../../lib/format.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import type { Viewer } from '../../../lib/session.ts'
import { dayText } from '../../../lib/time.ts'

/** Only what a client may read: this list is the whole of it. */
const ClientTasksDocument = graphql(`
  query ClientTasks($after: String) {
    tasks(first: 50, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        key
        name
        status
        completedAt
      }
    }
  }
`)

/** What a client's people see: the tasks delivered to them. Nothing about cost. */
export async function ClientTasks({ viewer, params }: { viewer: Viewer; params: SearchParams }) {
  const { tasks } = await query(ClientTasksDocument, { after: first(params.cursor) })
  const { tenant, client } = viewer
  return (
    <div className="mx-auto max-w-[1080px]">
      <header className="mb-5">
        <h1 className="text-[26px] leading-[34px] font-semibold tracking-[-0.01em] max-sm:text-figure">
          {client === null || client === undefined ? 'Your tasks' : `Tasks for ${client.name}`}
        </h1>
        <LineOfTruth parts={[{ text: `prepared by ${tenant.name}` }, { text: `days in ${tenant.timeZone}` }]} />
      </header>
      <section className="card overflow-clip pt-4">
        <div className="px-5">
          <h2 className="text-card font-semibold">{countText(tasks.totalCount ?? tasks.nodes.length)} tasks</h2>
          <p className="text-caption text-ink-3">By reference</p>
        </div>
        {tasks.nodes.length === 0 ? (
          <div className="px-5 pt-2 pb-4">
            <EmptyState>Work delivered to you will be listed here.</EmptyState>
          </div>
        ) : (
          <MiniTable
            label="Your tasks"
            heads={[{ label: 'Task' }, { label: 'Reference' }, { label: 'Status' }, { label: 'Delivered' }]}
            rows={tasks.nodes.map((task) => ({
              id: task.key,
              cells: [
                task.name,
                <span key="key" className="font-mono text-caption text-ink-3">
                  {task.key}
                </span>,
                <TaskStatusBadge key="status" status={task.status} />,
                task.completedAt == null ? '' : dayText(task.completedAt, tenant.timeZone),
              ],
            }))}
          />
        )}
      </section>
      {tasks.pageInfo.hasNextPage && tasks.pageInfo.endCursor ? (
        <p className="mt-4">
          <Link className="control" href={hrefWith('/', params, { cursor: tasks.pageInfo.endCursor })}>
            Older tasks
          </Link>
        </p>
      ) : null}
    </div>
  )
}
