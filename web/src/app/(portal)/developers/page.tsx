import type { Metadata } from 'next'
import { ApiKeys } from './api-keys.tsx'
import { Console } from './console.tsx'
import { CodeBlock } from '../../../components/ui/code-block.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { baseUrl } from '../../../lib/base-url.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { mayManageKeys, type Tenant } from '../../../lib/session.ts'
import { throughText } from '../../../lib/time.ts'

export const metadata: Metadata = { title: 'Developers' }

export default async function DevelopersPage() {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const base = await baseUrl()
  const mayManage = mayManageKeys(viewer.role)
  return (
    <>
      <PageHeader
        title="Developers"
        truth={[
          {
            text:
              tenant.dataThrough == null
                ? 'no data yet'
                : `data through ${throughText(tenant.dataThrough, tenant.timeZone, tenant.today)}`,
            href: '#live',
          },
          { text: tenant.currency, href: '#conventions' },
          { text: `days in ${tenant.timeZone}`, href: '#conventions' },
        ]}
      />
      <Console baseUrl={base} timeZone={tenant.timeZone} mayCreateKey={mayManage}>
        {mayManage ? <ApiKeys tenant={tenant} /> : null}
        <GraphqlCard base={base} />
        <Conventions tenant={tenant} />
      </Console>
    </>
  )
}

function GraphqlCard({ base }: { base: string }) {
  return (
    <Card title="Everything here is one GraphQL API" caption="The portal has no other source">
      <CodeBlock
        label="What the fleet cost this month"
        code={`curl -sS ${base}/graphql \\
  -H 'Authorization: Bearer outl_live_YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{"query":"{ viewer { tenant { name today } } agents { nodes { key name } } }"}'`}
      />
      <p className="mt-2">
        <a className="link inline-flex min-h-8 items-center" href="/schema.graphql">
          The schema, /schema.graphql
        </a>
      </p>
    </Card>
  )
}

function Conventions({ tenant }: { tenant: Tenant }) {
  return (
    <Card
      id="conventions"
      title={`Amounts are ${tenant.currency}; days are those of ${tenant.timeZone}`}
      caption="How numbers are made"
    >
      <ul className="flex list-disc flex-col gap-1.5 pl-4 text-ink-2">
        <li>A day begins and ends at midnight in {tenant.timeZone}; at a clock change it has 23 or 25 hours.</li>
        <li>A call counts on the day it occurred, at the rate of that moment, however late it arrives.</li>
        <li>Send the same id twice and it counts once.</li>
        <li>Quantities are disjoint: input tokens without cached ones, output tokens without reasoning.</li>
        <li>Usage without a price is counted as unpriced and is in no amount; it is never shown as 0.</li>
      </ul>
    </Card>
  )
}
