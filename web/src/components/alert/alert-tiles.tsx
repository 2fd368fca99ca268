import type { ReactNode } from 'react'
import { isLimit, isOpen, KIND_NAMES, projected, ruleText, timesText } from '../../lib/alerts.ts'
import { capText, windowName } from '../../lib/budgets.ts'
import { dateText } from '../../lib/calendar.ts'
import { decimalText, moneyText, percentText } from '../../lib/format.ts'
import type { Tenant } from '../../lib/session.ts'
import { momentText, timeText } from '../../lib/time.ts'
import { Amount, NotAvailable } from '../ui/amount.tsx'
import { Tile, TileStrip } from '../ui/tiles.tsx'
import type { AlertDetail } from './alert-detail.ts'

interface AlertTilesProps {
  alert: AlertDetail
  tenant: Tenant
  now: number
}

/** Five facts: of an anomaly what it costs and how fast, of a limit how far it is; what raised it, and who looks after it. */
export function AlertTiles({ alert, tenant, now }: AlertTilesProps) {
  return (
    <TileStrip label="The facts">
      {isLimit(alert.kind) ? <LimitTiles alert={alert} /> : <ImpactTiles alert={alert} tenant={tenant} now={now} />}
      <Tile label="Owner" figure={<Owner alert={alert} />} context={ownerText(alert, tenant)} />
    </TileStrip>
  )
}

function ImpactTiles({ alert, tenant, now }: AlertTilesProps): ReactNode {
  const isRunning = isOpen(alert.state) && Date.parse(alert.windowEnd) > now
  const rest = isRunning ? projected(alert.impact, alert.impactPerHour, now, alert.windowEnd) : null
  const over = isRunning ? 'Nobody knows how fast it goes' : 'It is over'
  return (
    <>
      <Tile
        label={isRunning ? 'Impact so far' : 'Impact'}
        figure={<Amount as="text" money={alert.impact} reason="It has no amount" />}
        context={`since ${dateText(alert.firstDay)}`}
      />
      <Tile
        label="Impact per hour"
        figure={
          <span className={isRunning && alert.impactPerHour != null ? 'text-bad' : ''}>
            <Amount as="text" money={isRunning ? alert.impactPerHour : null} reason={over} />
          </span>
        }
        context={isRunning && alert.impactPerHour != null ? 'at the pace of the last hour' : ''}
      />
      <Tile
        label="If nothing changes"
        figure={<Amount as="text" money={rest} reason={over} />}
        context={rest === null ? '' : `over the usual by ${endText(alert.windowEnd, tenant)}`}
      />
      <Tile
        label="Rule"
        figure={
          <span className="text-card whitespace-normal">
            {alert.rule == null ? KIND_NAMES[alert.kind] : ruleText(alert.rule)}
          </span>
        }
        context={[
          alert.rule,
          alert.ratio == null ? null : timesText(alert.ratio),
          alert.score == null ? null : `z ${decimalText(alert.score, 1)}`,
        ]
          .filter((part) => part != null)
          .join(' · ')}
      />
    </>
  )
}

/** Midnight of the tenant's day is called that. */
function endText(instant: string, { timeZone }: Tenant): string {
  const time = timeText(instant, timeZone)
  return time === '00:00' ? 'midnight' : time
}

function LimitTiles({ alert }: { alert: AlertDetail }): ReactNode {
  const { budget } = alert
  const gone = 'The budget was ended'
  return (
    <>
      <Tile
        label={budget == null ? 'Spent then' : `Spent, ${windowName(budget)}`}
        figure={<Amount as="text" money={budget?.spent ?? alert.actual} reason={gone} />}
        context={budget == null ? gone : `${percentText(budget.ratio)} of ${moneyText(budget.amount)}`}
      />
      <Tile
        label={budget?.remaining.amount.startsWith('-') ? 'Over' : 'Left'}
        figure={
          budget == null ? (
            <NotAvailable reason={gone} />
          ) : (
            <Amount as="text" money={{ ...budget.remaining, amount: budget.remaining.amount.replace(/^-/, '') }} />
          )
        }
        context={budget == null ? '' : capText(budget)}
      />
      {budget?.window === 'DAY' ? (
        <Tile
          label="By the end of the day"
          figure={<Amount as="text" money={budget.forecast} reason="Too few days are known" />}
          context={
            budget.forecastLow == null || budget.forecastHigh == null
              ? ''
              : `${moneyText(budget.forecastLow)} to ${moneyText(budget.forecastHigh)}`
          }
        />
      ) : (
        <Tile
          label="Burn rate, a day"
          figure={
            <Amount
              as="text"
              money={budget?.burnRatePerDay}
              reason={budget == null ? gone : 'Nothing was spent lately'}
            />
          }
          context={budget?.forecast == null ? '' : `${moneyText(budget.forecast)} by the end of the window`}
        />
      )}
      <Tile
        label="Threshold"
        figure={alert.threshold == null ? <NotAvailable reason="It has none" /> : percentText(alert.threshold, 0)}
        context={alert.expected == null ? '' : `reached at ${moneyText(alert.expected)}`}
      />
    </>
  )
}

function Owner({ alert: { assignee } }: { alert: AlertDetail }) {
  return assignee == null ? (
    <span className="text-card font-semibold text-ink-2">Nobody yet</span>
  ) : (
    <span className="block truncate text-card" title={assignee}>
      {assignee}
    </span>
  )
}

/** Whom it was told to, and when. */
function ownerText({ deliveries, raisedAt }: AlertDetail, { timeZone }: Tenant): string {
  const names = [...new Set((deliveries ?? []).filter((one) => one.state === 'SENT').map((one) => one.channel.name))]
  const at = momentText(raisedAt, timeZone)
  return names.length === 0 ? `raised ${at}, told to no channel` : `raised ${at}, ${names.join(', ')}`
}
