import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import { ArrowRight } from 'lucide-react'
import { Badge } from '../../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../../components/ui/card.tsx'
import { lastMonthOf, methodText } from '../../../../../../lib/allocation.ts'
import { dateText, firstOfMonth } from '../../../../../../lib/calendar.ts'
import { monthsText, shortMonthText } from '../../../../../../lib/months.ts'
import { changesBetween, termsOf, type Change } from '../../../../../../lib/policy-diff.ts'
import type { Tenant } from '../../../../../../lib/session.ts'
import { momentText } from '../../../../../../lib/time.ts'
import { PolicyBadge } from '../../../pool-badges.tsx'
import type { PolicyVersion } from './policies.ts'
import { PolicyActions } from './policy-actions.tsx'

interface VersionCardProps {
  version: PolicyVersion
  /** The version it is read against. */
  before: PolicyVersion | null
  versions: readonly PolicyVersion[]
  path: string
  month: string
  tenant: Tenant
  mayKeep: boolean
}

const ACTIONS: Readonly<Record<string, string>> = {
  CREATED: 'written',
  CHANGED: 'changed',
  PROPOSED: 'proposed',
  APPROVED: 'approved',
  OVERRIDDEN: 'approved as their own',
  REJECTED: 'rejected',
  WITHDRAWN: 'withdrawn',
  REVIEWED: 'reviewed',
}

/** One version: what it says, what it changed, who decided it, and what can be done with it. */
export function VersionCard({ version, before, versions, path, month, tenant, mayKeep }: VersionCardProps) {
  const changes = changesBetween(before, version)
  const isInForce = policyInForce(versions, firstOfMonth(tenant.today)) === version
  return (
    <Card
      id={`v${version.version}`}
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          <span
            className={`rounded-badge px-1.5 ${isInForce ? 'bg-accent-soft text-accent-ink' : 'bg-sunken text-ink-2'}`}
          >
            v{version.version}
          </span>
          {methodText(version)}
          <PolicyBadge state={version.state} />
          {isInForce ? <Badge tone="accent">in force</Badge> : null}
          {version.isReviewDue && isInForce ? <Badge tone="warn">review due</Badge> : null}
        </span>
      }
      caption={monthsOf(version, versions)}
      actions={
        mayKeep ? (
          <PolicyActions
            id={version.id}
            name={`version ${version.version}`}
            state={version.state}
            mayApprove={version.mayApprove}
            mayOverride={version.mayOverride}
            isReviewable={isInForce}
            createdBy={version.createdBy}
            changes={changes.map(({ name, gone, come }) => `${name}: ${gone.join(', ')} → ${come.join(', ')}`)}
            editHref={`${path}/policy?month=${month}&edit=${encodeURIComponent(version.id)}`}
          />
        ) : undefined
      }
    >
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <dl className="grid grid-cols-[minmax(0,2fr)_minmax(0,5fr)] gap-x-4 gap-y-1.5">
            {termsOf(version).map(({ name, values }) => (
              <div key={name} className="contents">
                <dt className="text-ink-3">{name}</dt>
                <dd className="min-w-0 break-words">{values.join('; ')}</dd>
              </div>
            ))}
            {version.state === 'APPROVED' ? (
              <div className="contents">
                <dt className="text-ink-3">Next review</dt>
                <dd className={version.isReviewDue ? 'text-warn' : ''}>
                  {dateText(version.reviewDueOn, { year: true })}
                </dd>
              </div>
            ) : null}
            {version.overrideReason == null ? null : (
              <div className="contents">
                <dt className="text-ink-3">Approved as their own</dt>
                <dd className="break-words">“{version.overrideReason}”</dd>
              </div>
            )}
          </dl>
          {version.note == null ? null : <p className="mt-3 break-words text-ink-2">“{version.note}”</p>}
          <Changes changes={changes} before={before} />
        </div>
        <History version={version} timeZone={tenant.timeZone} />
      </div>
    </Card>
  )
}

/** The months a version applies to; of one that is not approved, those it would. */
function monthsOf(version: PolicyVersion, versions: readonly PolicyVersion[]): string {
  const last = lastMonthOf(version, versions)
  if (last !== undefined) return monthsText(version.effectiveFrom, last)
  if (version.state === 'APPROVED') return `Never in force: replaced before ${shortMonthText(version.effectiveFrom)}`
  const isOpen = version.state === 'DRAFT' || version.state === 'PROPOSED'
  return isOpen
    ? `Would apply from ${shortMonthText(version.effectiveFrom)}`
    : `Was to apply from ${shortMonthText(version.effectiveFrom)}`
}

function Changes({ changes, before }: { changes: readonly Change[]; before: PolicyVersion | null }) {
  if (before === null) return null
  return (
    <div className="mt-4">
      <h3 className="mb-1 text-caption font-[550] text-ink-2">Against version {before.version}</h3>
      {changes.length === 0 ? (
        <p className="text-ink-2">It says the same.</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {changes.map(({ name, gone, come }) => (
            <li key={name} className="flex flex-wrap items-center gap-x-2">
              <span className="text-ink-3">{name}</span>
              {gone.length === 0 ? null : <del className="text-ink-3 decoration-line-2">{gone.join('; ')}</del>}
              <ArrowRight size={12} strokeWidth={1.6} className="shrink-0 text-ink-3" aria-label="becomes" />
              {come.length === 0 ? (
                <span className="text-ink-3">taken out</span>
              ) : (
                <ins className="no-underline font-[550]">{come.join('; ')}</ins>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function History({ version, timeZone }: { version: PolicyVersion; timeZone: string }) {
  return (
    <div className="min-w-0 lg:border-l lg:border-line lg:pl-6">
      <h3 className="mb-1 text-caption font-[550] text-ink-2">History</h3>
      <ol className="flex flex-col gap-1.5">
        {version.history.map(({ action, reason, actedBy, actedAt }, index) => (
          <li key={index}>
            <span className="flex flex-wrap justify-between gap-x-3">
              <span className="min-w-0 break-words">
                {ACTIONS[action] ?? action.toLowerCase()} <span className="text-ink-3">by {actedBy}</span>
              </span>
              <span className="num text-caption text-ink-3">{momentText(actedAt, timeZone)}</span>
            </span>
            {reason == null ? null : <span className="block break-words text-ink-2">“{reason}”</span>}
          </li>
        ))}
      </ol>
    </div>
  )
}
