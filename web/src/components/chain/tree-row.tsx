import {
  ArrowUp,
  Box,
  ChevronDown,
  ChevronRight,
  Circle,
  Database,
  Link2,
  Route,
  SquareCheck,
  Waypoints,
  Wrench,
  type LucideIcon,
} from 'lucide-react'
import { memo } from 'react'
import type { ChainRow, RowBadge, RowBar, RowIcon } from '../../lib/chain.ts'
import type { ChainRows } from '../../lib/chain-pack.ts'
import { Badge } from '../ui/badge.tsx'

type Ticks = readonly { at: number; text: string }[]

/** How high a row is where only those in view are drawn. */
export const ROW_PX = 41

const ICONS: Readonly<Record<RowIcon, LucideIcon>> = {
  task: SquareCheck,
  trace: Route,
  agent: Waypoints,
  model: Box,
  tool: Wrench,
  data: Database,
  other: Circle,
}

interface TreeRowProps {
  rows: ChainRows
  /** Its position in the chain. */
  index: number
  /** Its number among the rows that are unfolded, the head being 1. */
  rowIndex: number
  place: number
  siblings: number
  isParent: boolean
  isFolded: boolean
  /** The panel beside the chain shows it. */
  isOpen: boolean
  /** The one in the Tab order. */
  isActive: boolean
  /** Shown for the rows found below it. */
  isContext: boolean
  isTimeline: boolean
  /** One line, whatever it says: rows in a window are all of one height. */
  isTight: boolean
  ticks: Ticks
  href: string
}

/** A row of the chain. Keys and clicks are the grid's. */
export const TreeRow = memo(function TreeRow(props: TreeRowProps) {
  const { rows, index, isParent, isFolded, isOpen, isTimeline, ticks } = props
  const row = rows.at(index)
  return (
    <tr
      role="row"
      data-row={row.id}
      data-peek
      aria-rowindex={props.rowIndex}
      aria-level={row.level}
      aria-posinset={props.place}
      aria-setsize={props.siblings}
      aria-expanded={isParent ? !isFolded : undefined}
      aria-selected={row.isCall ? isOpen : undefined}
      tabIndex={props.isActive ? 0 : -1}
      className={`h-[41px] scroll-mt-9 border-t border-line focus-visible:-outline-offset-2 ${
        isOpen ? 'bg-accent-soft [box-shadow:inset_2px_0_var(--accent)]' : 'hover:bg-hover'
      }`}
    >
      <NameCell
        row={row}
        href={props.href}
        isParent={isParent}
        isFolded={isFolded}
        isContext={props.isContext}
        isTight={props.isTight}
      />
      {isTimeline ? null : (
        <>
          <AmountCell value={row.self} isMuted={row.isMuted || row.self.text === '0'} className="max-sm:hidden" />
          <AmountCell value={row.subtree} isMuted={row.isMuted} isStrong={row.isStrong} />
        </>
      )}
      <td role="gridcell" className={`py-0 pr-4 pl-2 sm:pr-5 ${isTimeline ? '' : 'max-sm:hidden'}`}>
        {row.bar === null ? null : <TimeBar bar={row.bar} row={row} ticks={ticks} />}
      </td>
    </tr>
  )
})

interface NameCellProps {
  row: ChainRow
  href: string
  isParent: boolean
  isFolded: boolean
  isContext: boolean
  isTight: boolean
}

function NameCell({ row, href, isParent, isFolded, isContext, isTight }: NameCellProps) {
  const Icon = ICONS[row.icon]
  const Chevron = isFolded ? ChevronRight : ChevronDown
  return (
    <td role="gridcell" className="relative h-[41px] max-w-0 overflow-hidden py-0 pr-2 pl-3">
      {Array.from({ length: row.level - 1 }, (_, index) => (
        <span
          key={index}
          aria-hidden
          className="absolute inset-y-0 w-px bg-line"
          style={{ left: `calc(28px + var(--indent) * ${index})` }}
        />
      ))}
      <span className="flex items-center gap-2" style={{ paddingLeft: `calc(var(--indent) * ${row.level - 1})` }}>
        {isParent ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`${isFolded ? 'Open' : 'Fold'} ${row.name}`}
            data-fold
            className="flex size-8 shrink-0 items-center justify-center rounded-badge text-ink-3 hover:text-ink"
          >
            <Chevron size={14} strokeWidth={1.6} aria-hidden />
          </button>
        ) : (
          // A call stands under the name of its agent: it has nothing to fold.
          <span className="w-3 shrink-0" />
        )}
        <Icon size={15} strokeWidth={1.4} aria-hidden className="-ml-1.5 shrink-0" style={{ color: row.colour }} />
        <span className={`min-w-0 sm:contents ${isTight ? 'max-sm:truncate' : ''}`}>
          {row.isCall ? (
            <a
              href={href}
              data-call
              tabIndex={-1}
              className={`inline-flex min-h-8 items-center hover:underline sm:whitespace-nowrap ${row.isStrong ? 'font-[550]' : ''} ${row.isMuted || isContext ? 'text-ink-3' : ''}`}
            >
              {row.name}
            </a>
          ) : (
            <span
              className={`sm:whitespace-nowrap ${row.isStrong ? 'font-[550]' : ''} ${isContext ? 'text-ink-3' : ''}`}
            >
              {row.name}
            </span>
          )}
          {row.detail === '' ? null : (
            <span className="truncate text-caption text-ink-3 max-sm:hidden">{row.detail}</span>
          )}
          {row.badges.map((badge) => (
            <span key={badge.text} className={`shrink-0 ${isTight ? 'max-sm:hidden' : 'max-sm:block max-sm:pb-1.5'}`}>
              <RowMark badge={badge} />
            </span>
          ))}
        </span>
      </span>
    </td>
  )
}

function RowMark({ badge }: { badge: RowBadge }) {
  const Icon = badge.mark === 'link' ? Link2 : badge.mark === 'up' ? ArrowUp : undefined
  return (
    <Badge tone={badge.tone} title={badge.title} {...(Icon === undefined ? {} : { Icon })}>
      {badge.text}
    </Badge>
  )
}

interface AmountCellProps {
  value: ChainRow['self']
  isMuted: boolean
  isStrong?: boolean
  className?: string
}

function AmountCell({ value, isMuted, isStrong = false, className = '' }: AmountCellProps) {
  return (
    <td
      role="gridcell"
      title={value.title}
      className={`num px-2 text-right ${isStrong ? 'font-[550]' : ''} ${isMuted ? 'text-ink-3' : ''} ${className}`}
    >
      {value.text}
      {value.text === 'n/a' ? <span className="sr-only">: {value.title}</span> : null}
    </td>
  )
}

/** Agents thin and pale, calls solid, the duration beside the bar where there is room. */
function TimeBar({ bar, row, ticks }: { bar: RowBar; row: ChainRow; ticks: Ticks }) {
  const isThin = row.isStrong
  const end = bar.left + bar.width
  const side = end <= 0.72 ? 'right' : bar.left >= 0.28 ? 'left' : 'above'
  return (
    <span className="relative block h-[41px]">
      {ticks.map((tick) => (
        <span
          key={tick.at}
          aria-hidden
          className="absolute inset-y-0 w-px bg-grid"
          style={{ left: `${tick.at * 100}%` }}
        />
      ))}
      <span
        aria-hidden
        className={`absolute top-1/2 -translate-y-1/2 rounded-bar ${isThin ? 'h-1.5' : 'h-2.5'}`}
        style={{
          left: `${bar.left * 100}%`,
          width: `${bar.width * 100}%`,
          minWidth: 2,
          background: bar.isPale
            ? `color-mix(in srgb, ${row.colour} 45%, var(--surface))`
            : row.icon === 'task'
              ? 'var(--chart-other)'
              : row.colour,
        }}
      />
      <span
        className={`num absolute text-axis text-ink-2 ${side === 'above' ? 'top-0.5 right-0' : 'top-1/2 -translate-y-1/2'}`}
        style={
          side === 'right'
            ? { left: `calc(${end * 100}% + 6px)` }
            : side === 'left'
              ? { right: `calc(${(1 - bar.left) * 100}% + 6px)` }
              : undefined
        }
      >
        {bar.text}
      </span>
    </span>
  )
}
