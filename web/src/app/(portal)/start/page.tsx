import type { Metadata } from 'next'
import { DemoData } from '../../../components/demo/demo-data.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { baseUrl } from '../../../lib/base-url.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { mayManageKeys, mayRecordUsage, type Viewer } from '../../../lib/session.ts'
import { frameworkOf } from '../../../lib/snippets.ts'
import { DevelopersFrame } from '../developers/developers-frame.tsx'
import { Console } from './console.tsx'

export const metadata: Metadata = { title: 'Start' }

export default async function StartPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams
  const base = await baseUrl()
  return (
    <DevelopersFrame title="Start" path="/start">
      {(viewer) => (
        <Console
          baseUrl={base}
          timeZone={viewer.tenant.timeZone}
          mayCreateKey={mayManageKeys(viewer.role)}
          framework={frameworkOf(first(params.with)).id}
        >
          <Tags />
          <Next role={viewer.role} />
          <DemoData viewer={viewer} />
        </Console>
      )}
    </DevelopersFrame>
  )
}

const TAGS = [
  ['agent', 'who worked: a name of your own, made when it first arrives'],
  ['task', 'for what: all calls with the same task are one cost, to be billed and compared with what was billed'],
  ['client', 'for whom: revenue and margin are counted by client'],
  ['project', 'within what, when a client has several'],
] as const

function Tags() {
  return (
    <Card title="Four tags say whose cost it is" caption="Each may be missing; its cost then stands as not attributed">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        {TAGS.map(([tag, meaning]) => (
          <div key={tag} className="contents">
            <dt>
              <code className="font-mono text-caption">{tag}</code>
            </dt>
            <dd className="text-ink-2">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

function Next({ role }: { role: Viewer['role'] }) {
  const ways = [
    ...(mayRecordUsage(role)
      ? [{ href: '/developers/import', label: 'Import a CSV', what: 'usage of the past, from a file' }]
      : []),
    { href: '/developers/explorer', label: 'API explorer', what: 'ask for any number, with examples' },
    { href: '/developers/schema', label: 'Schema', what: 'every field, and who may ask for it' },
  ]
  return (
    <Card title="Then" caption="Everything in the portal is one GraphQL API">
      <ul className="flex flex-col gap-1.5">
        {ways.map(({ href, label, what }) => (
          <li key={href} className="text-ink-2">
            <Link className="link inline-flex min-h-6 items-center" href={href}>
              {label}
            </Link>
            : {what}
          </li>
        ))}
      </ul>
    </Card>
  )
}
