import type { Metadata } from 'next'
import { BellOff } from 'lucide-react'
import { Badge } from '../../../../components/ui/badge.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { ALERT_KINDS, isLimit } from '../../../../lib/alerts.ts'
import { dateText } from '../../../../lib/calendar.ts'
import { countText } from '../../../../lib/format.ts'
import { scopeMembers } from '../../../../lib/members.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { mayHandleAlerts } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { AlertsFrame, ReadOnlyAlerts } from '../alerts-frame.tsx'
import { Annotations } from './annotations.tsx'
import { DetectorForm } from './detector-form.tsx'

export const metadata: Metadata = { title: 'Rules' }

const RulesDocument = graphql(`
  query Rules {
    detector {
      isEnabled
      disabledKinds
      escalateAfterMinutes
      updatedBy
      updatedAt
      judgedThrough
      series
      learning
      recipients
      reachesNobody
      minExcess {
        amount
        currency
      }
      coldExcess {
        amount
        currency
      }
    }
    annotations {
      ...AnnotationFacts
    }
  }
`)

export default async function RulesPage() {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const mayManage = mayHandleAlerts(viewer.role)
  const [{ detector, annotations }, members] = await Promise.all([query(RulesDocument), scopeMembers()])
  const kinds = ALERT_KINDS.filter((kind) => !isLimit(kind))
  const off = detector.disabledKinds.filter((kind) => kinds.includes(kind)).length
  return (
    <AlertsFrame
      title="Rules"
      path="/budgets/rules"
      viewer={viewer}
      crumbs={[{ label: 'Alerts and budgets', href: '/budgets' }]}
      badge={
        detector.reachesNobody ? (
          <Badge tone="warn" Icon={BellOff} title="No live channel lets anomalies through">
            reaches nobody
          </Badge>
        ) : null
      }
      truth={[
        {
          text:
            detector.updatedBy == null || detector.updatedAt == null
              ? 'as they came'
              : `set by ${detector.updatedBy}, ${momentText(detector.updatedAt, tenant.timeZone)}`,
        },
      ]}
    >
      {mayManage ? null : <ReadOnlyAlerts viewer={viewer} />}
      <TileStrip label="Key figures">
        <Tile
          label="Detection"
          figure={detector.isEnabled ? 'On' : 'Off'}
          context={off === 0 ? 'every kind' : `${countText(off)} of ${countText(kinds.length)} kinds off`}
        />
        <Tile
          label="Judged through"
          figure={detector.judgedThrough == null ? 'No day yet' : dateText(detector.judgedThrough)}
          context="complete days, each morning"
        />
        <Tile label="Series" figure={countText(detector.series)} context={`${countText(detector.learning)} learning`} />
        <Tile
          label="Tells"
          figure={`${countText(detector.recipients)} ${detector.recipients === 1 ? 'channel' : 'channels'}`}
          context={detector.reachesNobody ? 'nobody hears of an anomaly' : ''}
        />
      </TileStrip>
      <div className="flex flex-col gap-4">
        <DetectorForm
          key={detector.updatedAt ?? ''}
          isEnabled={detector.isEnabled}
          disabledKinds={detector.disabledKinds}
          minExcess={detector.minExcess.amount}
          coldExcess={detector.coldExcess.amount}
          escalateAfterMinutes={detector.escalateAfterMinutes ?? null}
          currency={detector.minExcess.currency}
          mayManage={mayManage}
        />
        <Annotations annotations={annotations} members={members} tenant={tenant} mayManage={mayManage} />
      </div>
    </AlertsFrame>
  )
}
