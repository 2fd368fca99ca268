import type { ReactNode } from 'react'
import type { ClientAgreement, ClientRate, ClientView } from '@outlay/domain/audience/client-view'
import { graphql } from '../../generated/gql.ts'
import { dateText } from '../../lib/calendar.ts'
import { codeMoneyText, countText, decimalText, exactDecimalText, moneyText } from '../../lib/format.ts'
import { brandStyle } from '../../lib/brand-style.ts'
import { monthText } from '../../lib/months.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Card } from '../ui/card.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { Tile, TileStrip } from '../ui/tiles.tsx'
import { AgreementDays, DeliveredDays } from './client-days.tsx'

/** All that a client is shown of a month: the fields of domain/src/audience/client-view.ts. */
graphql(`
  fragment ClientViewFields on ClientView {
    firm
    brand {
      light
      dark
    }
    client
    month
    to
    isSoFar
    currency
    timeZone
    agreements {
      project
      model
      words
      since
      from
      to
      rates {
        what
        amount
        quantity
        unit
      }
      lines {
        what
        quantity
        unit
        unitPrice
        amount
      }
      total
      allowance {
        unit
        included
        used
        left
      }
      daily {
        what
        unit
        values
        rest
      }
      isProvisional
    }
    total
    delivered
    taskCount
    tasks {
      title
      project
      deliveredOn
      ran
      why
      charge
    }
    days {
      day
      delivered
      tokens
      invocations
    }
  }
`)

interface ClientMonthProps {
  view: ClientView
  /** The months to choose from, the latest first. */
  months: readonly { month: string; href: string }[]
  /** Beside the months: downloads. */
  actions?: ReactNode
  /** Where somebody asks; nothing in a preview. */
  question?: ReactNode
}

/**
 * A month as a client is shown it. It gets the view and nothing else, so that there is nothing to hide; it is drawn by the server and works
 * without scripts, for links, for logins of a client and for the firm's own preview alike.
 */
export function ClientMonth({ view, months, actions, question }: ClientMonthProps) {
  const { client, month, isSoFar, currency, timeZone, agreements } = view
  return (
    <div className="client-page flex flex-col gap-4" style={brandStyle(view.brand)}>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-[1_1_320px]">
          <h1 className="text-[26px] leading-[34px] font-semibold tracking-[-0.01em] break-words max-sm:text-figure">
            {client}, {monthText(month)}
            {isSoFar ? ' so far' : ''}
          </h1>
          <p className="text-caption text-ink-3">
            {currency}, before tax · days in {timeZone}
          </p>
        </div>
        <div className="no-print flex flex-wrap gap-2">
          {months.length < 2 ? null : <Months months={months} shown={month} />}
          {actions}
        </div>
      </header>
      <Figures view={view} />
      {agreements.length === 0 ? (
        <p className="card px-5 py-4 text-ink-2">No agreement charges anything for this month.</p>
      ) : (
        agreements.map((agreement) => (
          <Agreement
            key={`${agreement.project ?? ''} ${agreement.from}`}
            agreement={agreement}
            view={view}
            isOnly={agreements.length === 1}
          />
        ))
      )}
      {agreements.some(({ daily }) => daily.length > 0) ? null : <DeliveredDays view={view} />}
      <Tasks view={view} />
      {question === undefined ? null : <div className="no-print">{question}</div>}
    </div>
  )
}

function Months({ months, shown }: { months: ClientMonthProps['months']; shown: string }) {
  const [recent, earlier] = [months.slice(0, 3), months.slice(3)]
  const link = ({ month, href }: { month: string; href: string }) => (
    <a key={month} href={href} aria-current={month === shown ? 'page' : undefined}>
      {monthText(month)}
    </a>
  )
  return (
    <nav aria-label="Month" className="flex flex-wrap gap-2">
      <div className="segment">{[...recent].reverse().map(link)}</div>
      {earlier.length === 0 ? null : (
        <details className="relative">
          <summary className="control">Earlier</summary>
          <div className="popover right-0 flex max-h-72 w-44 flex-col gap-1 overflow-auto max-sm:left-0">
            {earlier.map(({ month, href }) => (
              <a
                key={month}
                href={href}
                aria-current={month === shown ? 'page' : undefined}
                className="row-link aria-[current]:font-semibold"
              >
                {monthText(month)}
              </a>
            ))}
          </div>
        </details>
      )}
    </nav>
  )
}

function Figures({ view }: { view: ClientView }) {
  const { total, currency, delivered, isSoFar, agreements, tasks, taskCount } = view
  const allowances = agreements.flatMap(({ allowance, project }) =>
    allowance === null ? [] : [{ allowance, project }],
  )
  const open = tasks.filter(({ deliveredOn }) => deliveredOn === null).length
  return (
    <TileStrip label="In short">
      <Tile
        label={isSoFar ? 'Charges so far' : 'Charges'}
        figure={moneyText({ amount: total, currency })}
        context={agreements.length > 1 ? `by ${countText(agreements.length)} agreements` : undefined}
      />
      <Tile
        label="Tasks delivered"
        figure={countText(delivered)}
        context={open > 0 && taskCount === tasks.length ? `${countText(open)} more being worked on` : undefined}
      />
      {allowances.map(({ allowance, project }) => (
        <Tile
          key={project ?? ''}
          label={`Allowance used${project === null ? '' : `, ${project}`}`}
          figure={`${exactDecimalText(allowance.used)} of ${exactDecimalText(allowance.included)}`}
          context={`${exactDecimalText(allowance.left)} ${allowance.unit} left`}
          evidence={<AllowanceBar used={allowance.used} included={allowance.included} />}
        />
      ))}
    </TileStrip>
  )
}

function AllowanceBar({ used, included }: { used: string; included: string }) {
  const [part, whole] = [Number.parseFloat(used), Number.parseFloat(included)]
  return <ShareBar ratio={String(whole > 0 ? Math.min(1, part / whole) : 1)} track className="h-2" />
}

function Agreement({ agreement, view, isOnly }: { agreement: ClientAgreement; view: ClientView; isOnly: boolean }) {
  const { project, words, since, lines, total, rates, daily, isProvisional } = agreement
  const { currency } = view
  const rows = lines.map((line, index) => ({
    id: String(index),
    cells: [
      line.what,
      line.quantity === null ? '' : `${exactDecimalText(line.quantity)} ${line.unit ?? ''}`,
      line.unitPrice === null ? '' : decimalText(line.unitPrice, decimalsOf(line.unitPrice)),
      decimalText(line.amount, decimalsOf(line.amount)),
    ],
  }))
  const heads = [
    { label: 'What' },
    { label: 'Quantity', isNumber: true },
    { label: `Each, ${currency}`, isNumber: true },
    { label: `Charge, ${currency}`, isNumber: true, isMain: true },
  ]
  const totalRow = {
    id: 'total',
    tone: 'total' as const,
    cells: ['Total', '', '', decimalText(total, decimalsOf(total))],
  }
  const title = project ?? (isOnly ? 'What was delivered, and what it costs you' : 'All other work')
  return (
    <>
      <Card
        title={title}
        caption={`Charges follow your agreement of ${dateText(since, { year: true })}: ${words.charAt(0).toLowerCase()}${words.slice(1)}.`}
        flush
      >
        <MiniTable label={`Charges, ${title}`} heads={heads} rows={[...rows, totalRow]} />
        {isProvisional ? (
          <p className="px-5 pb-4 text-caption text-ink-3">
            Some of the work has no price yet, so this charge may grow.
          </p>
        ) : null}
      </Card>
      {daily.length === 0 && rates.length === 0 ? null : (
        <div
          className={`grid items-start gap-4 ${daily.length > 0 && rates.length > 0 ? 'md:grid-cols-[4fr_3fr]' : ''}`}
        >
          {daily.length === 0 ? null : (
            <div className="flex min-w-0 flex-col gap-4">
              {daily.map((one) => (
                <AgreementDays key={one.what} agreement={agreement} daily={one} view={view} />
              ))}
            </div>
          )}
          {rates.length === 0 ? null : <Rates rates={rates} currency={currency} project={project} />}
        </div>
      )}
    </>
  )
}

function Rates({
  rates,
  currency,
  project,
}: {
  rates: readonly ClientRate[]
  currency: string
  project: string | null
}) {
  return (
    <Card title={project === null ? 'Your agreement, in short' : `Your agreement for ${project}, in short`}>
      <dl className="divide-y divide-line">
        {rates.map(({ what, amount, quantity, unit }) => (
          <div key={what} className="flex justify-between gap-x-4 py-2.5 first:pt-0 last:pb-0">
            <dt className="text-ink-2">{what}</dt>
            <dd className="num text-right">
              {amount === null
                ? `${exactDecimalText(quantity ?? '0')} ${unit ?? ''}`
                : codeMoneyText({ amount, currency })}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

/** Amounts come with the decimals of their currency, and are shown with them. */
function decimalsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0
}

function Tasks({ view }: { view: ClientView }) {
  const { tasks, taskCount, currency } = view
  const caption =
    tasks.length === taskCount
      ? 'Every task of the month, in plain words'
      : `The latest ${countText(tasks.length)} of ${countText(taskCount)} tasks; the statement has more`
  return (
    <Card title="What ran, and why" caption={caption} flush>
      {tasks.length === 0 ? (
        <p className="px-5 pb-4 text-ink-2">Work delivered to you will be listed here.</p>
      ) : (
        <ol className="divide-y divide-line border-t border-line">
          {tasks.map((task, index) => (
            <li
              key={index}
              className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 px-3.5 py-3 sm:grid-cols-[88px_minmax(0,1fr)_auto] sm:px-5"
            >
              <p className="text-ink-3 max-sm:col-span-2">
                {task.deliveredOn === null ? 'In progress' : dateText(task.deliveredOn)}
              </p>
              <div className="min-w-0">
                <p className="font-semibold break-words">{task.title}</p>
                <p className="break-words text-ink-2">
                  {task.project === null ? '' : `For ${task.project}. `}
                  {task.ran} {task.why}
                </p>
              </div>
              <p className="num font-semibold">
                {task.charge === null ? '' : moneyText({ amount: task.charge, currency })}
              </p>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
