import { graphql } from '../../generated/gql.ts'
import { query } from '../../lib/api.ts'
import { mayManageDemo, type Viewer } from '../../lib/session.ts'
import { Card } from '../ui/card.tsx'
import { DemoPanel } from './demo-panel.tsx'

const DemoDataDocument = graphql(`
  query DemoData {
    demoData {
      state
      percent
      tenantKey
    }
  }
`)

/** Example data on one click, for who may load it; nothing for others, and nothing within an example. */
export async function DemoData({ viewer }: { viewer: Viewer }) {
  const isDemo = viewer.memberships.some(({ tenantKey, isDemo }) => isDemo && tenantKey === viewer.tenant.key)
  if (isDemo || !mayManageDemo(viewer.role)) return null
  const { demoData } = await query(DemoDataDocument)
  return (
    <Card
      id="example"
      title="Or look around first"
      caption="Three months of a firm with four agents and eight clients, in a tenant of its own"
    >
      <DemoPanel initial={demoData ?? null} />
    </Card>
  )
}
