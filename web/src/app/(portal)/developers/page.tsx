import type { Metadata } from 'next'
import { Card } from '../../../components/ui/card.tsx'
import { CodeBlock } from '../../../components/ui/code-block.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { baseUrl } from '../../../lib/base-url.ts'
import { mayManageKeys, type Tenant } from '../../../lib/session.ts'
import { ApiKeys } from './api-keys.tsx'
import { DevelopersFrame } from './developers-frame.tsx'
import { LiveTail } from './live-tail.tsx'

export const metadata: Metadata = { title: 'Developers' }

export default async function DevelopersPage() {
  const base = await baseUrl()
  return (
    <DevelopersFrame title="Developers" path="/developers">
      {({ tenant, role }) => (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            <LiveTail timeZone={tenant.timeZone} />
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            {mayManageKeys(role) ? <ApiKeys tenant={tenant} /> : null}
            <GraphqlCard base={base} />
            <Conventions tenant={tenant} />
          </div>
        </div>
      )}
    </DevelopersFrame>
  )
}

function GraphqlCard({ base }: { base: string }) {
  return (
    <Card title="Everything here is one GraphQL API" caption="The portal has no other source">
      <CodeBlock
        label="Who asks, and the agents"
        code={`curl -sS ${base}/graphql \\
  -H 'Authorization: Bearer outl_live_YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{"query":"{ viewer { tenant { name today } } agents { nodes { key name } } }"}'`}
      />
      <p className="mt-2 flex flex-wrap gap-x-4">
        <Link className="link inline-flex min-h-8 items-center" href="/start">
          Send an event
        </Link>
        <a className="link inline-flex min-h-8 items-center" href="/schema.graphql">
          The schema as text
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
