import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import { Plus } from 'lucide-react'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Card } from '../../../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../../../components/ui/page-header.tsx'
import { methodText, versionToShow } from '../../../../../../lib/allocation.ts'
import { firstOfMonth } from '../../../../../../lib/calendar.ts'
import { monthOf, monthParam, monthText } from '../../../../../../lib/months.ts'
import { tenantTruth } from '../../../../../../lib/page-context.ts'
import { staffViewer } from '../../../../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../../../../lib/search-params.ts'
import { mayKeepRates } from '../../../../../../lib/session.ts'
import { choicesOf } from '../../../pool-facts.ts'
import { ReadOnly } from '../../../read-only.tsx'
import { startOfDraft } from './draft-start.ts'
import { PolicyForm } from './policy-form.tsx'
import { poolPolicies, type PolicyVersion, type PoolPolicies } from './policies.ts'
import { VersionCard } from './version-card.tsx'

export const metadata: Metadata = { title: 'Allocation policy' }

interface PolicyPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParams>
}

export default async function PolicyPage({ params, searchParams }: PolicyPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const id = decodeURIComponent((await params).id)
  const asked = await searchParams
  const pool = await poolPolicies(id, monthOf(asked, tenant.today))
  if (pool === null) notFound()
  const path = `/allocation/pools/${encodeURIComponent(id)}`
  const mayKeep = mayKeepRates(viewer.role)
  const month = monthParam(pool.month)
  const versions = [...pool.policies].sort((a, b) => b.version - a.version)
  const isEditing = mayKeep && first(asked.edit) !== null
  return (
    <>
      <PageHeader
        title={`Policy of ${pool.name}`}
        crumbs={[
          { label: 'Allocation', href: `/allocation?month=${month}` },
          { label: pool.name, href: `${path}?month=${month}` },
        ]}
        truth={[...tenantTruth(tenant), { text: inForceText(pool), href: `${path}?month=${month}` }]}
        actions={
          mayKeep && !isEditing ? (
            <Link href={hrefWith(`${path}/policy`, { month }, { edit: 'new' })} className="control control-primary">
              <Plus size={16} strokeWidth={1.4} aria-hidden />
              New version
            </Link>
          ) : undefined
        }
      />
      {mayKeep ? null : <ReadOnly />}
      <div className="flex flex-col gap-4">
        {isEditing ? <Editor pool={pool} path={path} params={asked} today={tenant.today} /> : null}
        {versions.length === 0 ? (
          <Card title="No version yet">
            <EmptyState>Each version will be kept here: who wrote it, who approved it, and what it changed.</EmptyState>
          </Card>
        ) : (
          versions.map((version) => (
            <VersionCard
              key={version.id}
              version={version}
              before={versionBefore(version, versions)}
              versions={versions}
              path={path}
              month={month}
              tenant={tenant}
              mayKeep={mayKeep}
            />
          ))
        )}
      </div>
    </>
  )
}

function inForceText(pool: PoolPolicies): string {
  const version = policyInForce(pool.policies, pool.month)
  return version === null
    ? `nothing in force in ${monthText(pool.month)}`
    : `v${version.version} in force in ${monthText(pool.month)}, ${methodText(version).toLowerCase()}`
}

/** What a version is read against: the approved one before it, which it would replace; else the one with the number before. */
function versionBefore(version: PolicyVersion, versions: readonly PolicyVersion[]): PolicyVersion | null {
  const earlier = versions.filter((one) => one.version < version.version)
  return earlier.find((one) => one.state === 'APPROVED') ?? earlier[0] ?? null
}

interface EditorProps {
  pool: PoolPolicies
  path: string
  params: SearchParams
  today: string
}

/** A new version as the one in force, changed by what the what-if asked; or a draft as it is. */
async function Editor({ pool, path, params, today }: EditorProps) {
  const { agents, pools } = await choicesOf(pool.month)
  const edit = first(params.edit)
  const draft = pool.policies.find((version) => version.id === edit && version.state === 'DRAFT') ?? null
  const model = draft ?? versionToShow(pool.policies, pool.month)
  const next = Math.max(0, ...pool.policies.map(({ version }) => version)) + 1
  const present = firstOfMonth(today)
  return (
    <PolicyForm
      key={edit}
      poolId={pool.id}
      draftId={draft?.id ?? null}
      title={draft === null ? `Version ${next}` : `Draft of version ${draft.version}`}
      effectiveFrom={monthParam(draft?.effectiveFrom ?? (pool.month > present ? pool.month : present))}
      fields={startOfDraft(model, params)}
      agents={agents}
      pools={pools.filter(({ value }) => value !== pool.id)}
      doneHref={`${path}/policy?month=${monthParam(pool.month)}`}
    />
  )
}
