import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { DemoData } from '../../../components/demo/demo-data.tsx'
import { ReportedCost } from '../../../components/rating/reported-cost.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { currentViewer, mayChangeSettings } from '../../../lib/session.ts'
import { BrandForm } from './brand-form.tsx'
import { SettingsFrame } from './settings-frame.tsx'
import { TenantForm } from './tenant-form.tsx'

export const metadata: Metadata = { title: 'Settings' }

const TenantSettingsDocument = graphql(`
  query TenantSettings {
    tenant {
      key
      name
      currency
      timeZone
      useReportedCost
      isSettled
      brand {
        light
        dark
      }
    }
  }
`)

/** What holds for the whole tenant. A client's people have their account only. */
export default async function SettingsPage() {
  const viewer = await currentViewer()
  if (viewer.role === 'CLIENT') redirect('/settings/account')
  const { tenant } = await query(TenantSettingsDocument)
  const mayChange = mayChangeSettings(viewer.role)
  const isSettled = tenant.isSettled ?? true
  return (
    <SettingsFrame title="General" path="/settings" viewer={viewer} truth={tenantTruth(viewer.tenant)}>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Card
            title={tenant.name}
            caption={
              isSettled
                ? 'Amounts and days are stored in its currency and time zone, so these two stay'
                : 'Nothing is stored yet: currency and time zone can still change'
            }
          >
            {mayChange ? (
              // Other values than those the form began with are another form.
              <TenantForm
                key={`${tenant.name} ${tenant.currency} ${tenant.timeZone}`}
                name={tenant.name}
                currency={tenant.currency}
                timeZone={tenant.timeZone}
                isSettled={isSettled}
                zones={isSettled ? [] : Intl.supportedValuesOf('timeZone')}
              />
            ) : (
              <>
                <Facts
                  facts={[
                    ['Name', tenant.name],
                    ['Key', tenant.key],
                    ['Currency', tenant.currency],
                    ['Time zone', tenant.timeZone],
                  ]}
                />
                <p className="mt-3 text-caption text-ink-3">An administrator changes this.</p>
              </>
            )}
          </Card>
          <Card
            title="What clients see of the firm"
            caption="On their pages, and on statements; text must be readable in both colours"
          >
            {mayChange ? (
              <BrandForm
                key={`${tenant.brand?.light ?? ''} ${tenant.brand?.dark ?? ''}`}
                brand={tenant.brand ?? null}
                firm={tenant.name}
              />
            ) : (
              <Facts
                facts={[
                  ['On light pages', tenant.brand?.light ?? 'no colour of its own'],
                  ['On dark pages', tenant.brand?.dark ?? 'no colour of its own'],
                ]}
              />
            )}
          </Card>
          <DemoData viewer={viewer} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <ReportedCost isUsed={tenant.useReportedCost ?? false} mayChange={mayChange} />
          <Elsewhere />
        </div>
      </div>
    </SettingsFrame>
  )
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {facts.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-ink-3">{label}</dt>
          <dd className="break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const PLACES = [
  { href: '/developers', label: 'API keys', what: 'what programs send and read with' },
  { href: '/channels', label: 'Channels', what: 'who is told of alerts, and how' },
  { href: '/budgets/rules', label: 'Rules', what: 'how closely anomalies are watched for' },
  { href: '/rate-cards/unpriced', label: 'Unpriced', what: 'usage that has no price and is in no amount' },
] as const

function Elsewhere() {
  return (
    <Card title="Set elsewhere">
      <ul className="flex flex-col gap-1.5">
        {PLACES.map(({ href, label, what }) => (
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
