import type { Money } from '@outlay/domain/money/currency'
import { fineMoneyText, pixelsOf, exactText } from '../../lib/format.ts'
import { ShareBar } from '../ui/share-bar.tsx'
import { shareOf } from '../../lib/format.ts'
import { Badge } from '../ui/badge.tsx'
import { Swatch } from '../ui/swatch.tsx'
import { layoutFlow, type PlacedLink } from './flow-layout.ts'

/** A place of a flow as it is drawn. */
export interface FlowChartNode {
  id: string
  layer: number
  name: string
  /** A word on it, in a badge: `counted once`. */
  mark?: string
  colour: string
  amount: Money
  isRest?: boolean
}

export interface FlowChartLink {
  from: string
  to: string
  amount: Money
  /** In words, beside the amount: `12 calls`. */
  note: string
}

interface FlowChartProps {
  label: string
  nodes: readonly FlowChartNode[]
  links: readonly FlowChartLink[]
}

const SIZES = { wholeWidth: 240, slot: 36, gap: 10 }
/** Across: a thousandth of the width. */
const BAR = 8

/** What came from where and went where, as wide as it cost. On a phone it is a list. */
export function FlowChart({ label, nodes, links }: FlowChartProps) {
  const { layers, height, ...drawn } = layoutFlow(
    nodes.map((node) => ({ ...node, value: pixelsOf(node.amount.amount) })),
    links.map((link) => ({ ...link, value: pixelsOf(link.amount.amount) })),
    SIZES,
  )
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const xOf = (layer: number): number => (layers < 2 ? 0 : (layer / (layers - 1)) * (1000 - BAR))
  const layerOf = (id: string): number => byId.get(id)?.layer ?? 0
  return (
    <>
      <div role="img" aria-label={label} className="relative mt-2 mr-44 mb-1 max-sm:hidden" style={{ height }}>
        <svg
          aria-hidden
          viewBox={`0 0 1000 ${height}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-visible"
        >
          {drawn.links.map((link) => (
            <path
              key={`${link.from} ${link.to}`}
              d={ribbon(link, xOf(layerOf(link.from)) + BAR, xOf(layerOf(link.to)))}
              fill={colourOf(byId.get(link.to), byId.get(link.from))}
              fillOpacity="0.22"
            />
          ))}
          {drawn.nodes.map((node) => (
            <rect
              key={node.id}
              x={xOf(node.layer)}
              y={node.y}
              width={BAR}
              height={Math.max(1, node.height)}
              fill={byId.get(node.id)?.colour}
            />
          ))}
        </svg>
        {drawn.nodes.map((node) => {
          const own = byId.get(node.id)
          if (own === undefined) return null
          const isLast = node.layer === layers - 1
          return (
            <span
              key={node.id}
              className="absolute -translate-y-1/2 pl-1.5 leading-4"
              style={{
                top: node.y + node.height / 2,
                left: `${(xOf(node.layer) + BAR) / 10}%`,
                width: isLast ? '11rem' : `${(1000 / Math.max(1, layers - 1) - BAR) / 10}%`,
              }}
            >
              <span className="flex items-center gap-1.5">
                <span className="truncate text-caption" title={own.name}>
                  {own.name}
                </span>
                {own.mark === undefined ? null : <Badge tone="accent">{own.mark}</Badge>}
              </span>
              <span className="num block text-axis text-ink-2" title={exactText(own.amount)}>
                {fineMoneyText(own.amount)}
              </span>
            </span>
          )
        })}
      </div>
      <FlowList nodes={nodes} links={links} />
    </>
  )
}

/** The same, place by place, where there is no room to draw. */
function FlowList({ nodes, links }: Omit<FlowChartProps, 'label'>) {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const sources = nodes.filter((node) => links.some((link) => link.from === node.id))
  return (
    <ul className="flex flex-col gap-4 pt-1 sm:hidden print:hidden">
      {sources.map((node) => (
        <li key={node.id}>
          <p className="flex justify-between gap-3 font-[550]">
            <span className="inline-flex min-w-0 items-center gap-2">
              <Swatch colour={node.colour} />
              <span className="break-words">{node.name}</span>
            </span>
            <span className="num">{fineMoneyText(node.amount)}</span>
          </p>
          <ul>
            {links
              .filter((link) => link.from === node.id)
              .map((link) => {
                const to = byId.get(link.to)
                return (
                  <li key={link.to} className="py-1 pl-4">
                    <span className="flex justify-between gap-3">
                      <span className="min-w-0 break-words">
                        → {to?.name} <span className="text-caption text-ink-3">{to?.mark ?? link.note}</span>
                      </span>
                      <span className="num" title={exactText(link.amount)}>
                        {fineMoneyText(link.amount)}
                      </span>
                    </span>
                    <ShareBar
                      ratio={shareOf(link.amount.amount, node.amount.amount) ?? '0'}
                      colour={colourOf(to, node)}
                      className="mt-0.5 h-1"
                    />
                  </li>
                )
              })}
          </ul>
        </li>
      ))}
    </ul>
  )
}

/** A resource has no colour of its own: what flows to it is its agent's. */
function colourOf(to: FlowChartNode | undefined, from: FlowChartNode | undefined): string {
  const own = to?.colour
  return own === undefined || own === 'var(--chart-other)' ? (from?.colour ?? 'var(--chart-other)') : own
}

function ribbon({ fromY, toY, width }: PlacedLink, x1: number, x2: number): string {
  const middle = (x1 + x2) / 2
  const thick = Math.max(0.75, width)
  return `M${x1} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${x2} ${toY}V${toY + thick}C${middle} ${toY + thick} ${middle} ${fromY + thick} ${x1} ${fromY + thick}Z`
}
