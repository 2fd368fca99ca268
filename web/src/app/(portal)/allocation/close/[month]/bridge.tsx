import { Check, TriangleAlert } from 'lucide-react'
import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { TabbedCard } from '../../../../../components/ui/tabs.tsx'
import {
  compareDecimals,
  currencySymbol,
  differenceOf,
  signedAmountText,
  signedMoneyText,
  sumOf,
} from '../../../../../lib/format.ts'
import type { Edition, Period } from './period-detail.ts'

type Line = NonNullable<Edition['bridge']>[number]

/** The way from the edition before to the latest one, for who must explain why a reported figure changed. Absent for a first edition. */
export function Bridge({ period: { snapshots } }: { period: Period }) {
  const [latest] = snapshots
  const lines = latest?.bridge ?? []
  const fleet = lines.find((line) => line.dimension == null && line.cause == null)
  if (latest === undefined || fleet === undefined) return null
  const from = `Edition ${latest.edition - 1}`
  const to = `Edition ${latest.edition}`
  const held = lines.find((line) => line !== fleet && line.dimension == null && line.cause == null)
  const symbol = currencySymbol(fleet.before.currency)
  return (
    <TabbedCard
      label="Bridge between editions"
      heading={`${signedMoneyText(fleet.difference)} from edition ${latest.edition - 1} to edition ${latest.edition}`}
      caption={`Attributed and allocated cost, ${symbol}`}
      tabs={[
        {
          id: 'cause',
          label: 'By cause',
          content: (
            <Causes fleet={fleet} held={held} lines={lines.filter((line) => line.cause != null)} names={{ from, to }} />
          ),
        },
        {
          id: 'agent',
          label: 'By agent',
          content: <Members fleet={fleet} lines={lines} of="AGENT" names={{ from, to }} />,
        },
        {
          id: 'client',
          label: 'By client',
          content: <Members fleet={fleet} lines={lines} of="CLIENT" names={{ from, to }} />,
        },
      ]}
    />
  )
}

interface Names {
  from: string
  to: string
}

interface CausesProps {
  fleet: Line
  held: Line | undefined
  lines: readonly Line[]
  names: Names
}

/** From one total to the other in steps; each begins where the one before ended. */
function Causes({ fleet, held, lines, names }: CausesProps) {
  const symbol = currencySymbol(fleet.before.currency)
  return (
    <MiniTable
      label="Bridge by cause"
      heads={[
        { label: 'Step' },
        { label: `Difference, ${symbol}`, isNumber: true },
        { label: `Reached, ${symbol}`, isNumber: true, isMain: true },
        { label: 'Check' },
      ]}
      rows={[
        { id: 'from', cells: [names.from, '', <Amount key="reached" money={fleet.before} />, ''] },
        ...lines.map((line) => ({
          id: line.cause ?? line.label,
          cells: [line.label, signedAmountText(line.difference), <Amount key="reached" money={line.after} />, ''],
        })),
        {
          id: 'to',
          tone: 'total' as const,
          cells: [
            names.to,
            signedAmountText(fleet.difference),
            <Amount key="reached" money={fleet.after} />,
            <AddsUp key="check" parts={lines} whole={fleet} />,
          ],
        },
        ...(held === undefined
          ? []
          : [
              {
                id: 'held',
                tone: 'remainder' as const,
                cells: [
                  'Beside it: unallocated',
                  signedAmountText(held.difference),
                  <Amount key="reached" money={held.after} />,
                  '',
                ],
              },
            ]),
      ]}
    />
  )
}

interface MembersProps {
  fleet: Line
  lines: readonly Line[]
  of: 'AGENT' | 'CLIENT'
  names: Names
}

/** Whose figures changed; together they are the difference of the whole. What belongs to no agent is a row of its own. */
function Members({ fleet, lines, of, names }: MembersProps) {
  const symbol = currencySymbol(fleet.before.currency)
  const members = lines.filter((line) => line.dimension === of)
  return (
    <MiniTable
      label={`Bridge by ${of.toLowerCase()}`}
      heads={[
        { label: of === 'AGENT' ? 'Agent' : 'Client' },
        { label: `${names.from}, ${symbol}`, isNumber: true },
        { label: `${names.to}, ${symbol}`, isNumber: true },
        { label: `Difference, ${symbol}`, isNumber: true, isMain: true },
        { label: 'Check' },
      ]}
      rows={[
        ...members.map((line) => ({
          id: line.key ?? 'none',
          ...(line.key == null ? { tone: 'remainder' as const } : {}),
          cells: [
            line.label,
            <Amount key="before" money={line.before} />,
            <Amount key="after" money={line.after} />,
            signedAmountText(line.difference),
            '',
          ],
        })),
        {
          id: 'all',
          tone: 'total' as const,
          cells: [
            'All, with those that did not change',
            <Amount key="before" money={fleet.before} />,
            <Amount key="after" money={fleet.after} />,
            signedAmountText(fleet.difference),
            <AddsUp key="check" parts={members} whole={fleet} />,
          ],
        },
      ]}
    />
  )
}

/** Whether the differences of the parts are that of the whole, to the last decimal. */
function AddsUp({ parts, whole }: { parts: readonly Line[]; whole: Line }) {
  const sum = sumOf(parts.map((line) => line.difference.amount))
  return compareDecimals(sum, whole.difference.amount) === 0 ? (
    <Badge tone="ok" Icon={Check}>
      adds up
    </Badge>
  ) : (
    <Badge tone="bad" Icon={TriangleAlert}>
      {differenceOf(whole.difference.amount, sum)} not explained
    </Badge>
  )
}
