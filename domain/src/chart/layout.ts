import { axisLabel, labelledBins, valueAxis } from './axis.ts'

/** What a drawing is made of, in points from its top left. Whoever draws gives the colours. */
export type Shape =
  | { kind: 'rect'; x: number; y: number; width: number; height: number; ink: Ink }
  | { kind: 'line'; points: readonly (readonly [x: number, y: number])[]; ink: Ink; isDashed: boolean }
  | { kind: 'words'; x: number; y: number; text: string; anchor: 'start' | 'middle' | 'end'; ink: Ink }

/** A series by its place, or what is not a series. */
export type Ink = number | 'grid' | 'axis' | 'label' | 'total' | 'more' | 'less'

/** Values to draw: floats, because places on paper are no amounts. */
export interface Drawn {
  form: 'bars' | 'line' | 'bar-list' | 'bridge'
  labels: readonly string[]
  series: readonly { values: readonly (number | null)[] }[]
}

export interface Drawing {
  width: number
  height: number
  shapes: Shape[]
}

/** Room for the numbers of the axis, and for the names under it. */
const LEFT = 38
const BOTTOM = 16
const TOP = 8
const LABELS_MAX = 13
const PLOT_HEIGHT = 150
/** A row of a bar list, and the room for its name. */
const ROW = 15
const NAMES = 150

/**
 * The shapes of a chart of a width. Bars are stacked from zero up, in the order of the series; a part below zero takes no room. A bridge has
 * its first and last value from zero, and the changes between them from where the one before ended.
 */
export function layoutChart(chart: Drawn, width: number): Drawing {
  return chart.form === 'bar-list' ? barList(chart, width) : onAxis(chart, width)
}

function onAxis(chart: Drawn, width: number): Drawing {
  const { labels } = chart
  const spans = chart.form === 'bridge' ? bridgeSpans(chart) : chart.form === 'bars' ? stackedSpans(chart) : []
  const values =
    chart.form === 'line'
      ? chart.series.flatMap((series) => series.values.filter((value) => value !== null))
      : spans.flatMap(({ from, to }) => [from, to])
  const { y, ticks } = valueAxis(Math.max(...values, 0), 4, Math.min(...values, 0))
  const top = (value: number) => TOP + y(value) * PLOT_HEIGHT
  const bin = (width - LEFT) / Math.max(labels.length, 1)
  const middle = (index: number) => LEFT + (index + 0.5) * bin
  const shapes: Shape[] = ticks.flatMap((tick): Shape[] => [
    {
      kind: 'line',
      points: [
        [LEFT, top(tick)],
        [width, top(tick)],
      ],
      ink: tick === 0 ? 'axis' : 'grid',
      isDashed: false,
    },
    { kind: 'words', x: LEFT - 5, y: top(tick) + 3, text: axisLabel(tick), anchor: 'end', ink: 'label' },
  ])
  const bar = Math.min(bin * 0.72, 44)
  for (const { at, from, to, ink } of spans) {
    const [high, low] = [top(Math.max(from, to)), top(Math.min(from, to))]
    shapes.push({
      kind: 'rect',
      x: middle(at) - bar / 2,
      y: high,
      width: bar,
      height: Math.max(low - high, from === to ? 0 : 0.5),
      ink,
    })
  }
  if (chart.form === 'line')
    shapes.push(...chart.series.flatMap(({ values: run }, i) => lines(run, i, { middle, top })))
  const labelled = labelledBins(labels.length, LABELS_MAX)
  labels.forEach((text, i) => {
    if (labelled.has(i))
      shapes.push({ kind: 'words', x: middle(i), y: TOP + PLOT_HEIGHT + 12, text, anchor: 'middle', ink: 'label' })
  })
  return { width, height: TOP + PLOT_HEIGHT + BOTTOM, shapes }
}

interface Span {
  at: number
  from: number
  to: number
  ink: Ink
}

function stackedSpans({ labels, series }: Drawn): Span[] {
  return labels.flatMap((_, at) => {
    let height = 0
    return series.map(({ values }, ink): Span => {
      const from = height
      height += Math.max(0, values[at] ?? 0)
      return { at, from, to: height, ink }
    })
  })
}

function bridgeSpans({ labels, series }: Drawn): Span[] {
  const values = series[0]?.values ?? []
  let reached = 0
  return labels.map((_, at): Span => {
    const value = values[at] ?? 0
    if (at === 0 || at === labels.length - 1) {
      reached = value
      return { at, from: 0, to: value, ink: 'total' }
    }
    const from = reached
    reached += value
    return { at, from, to: reached, ink: value > 0 ? 'more' : 'less' }
  })
}

/** Runs of known values; what is not known is a gap. */
function lines(
  values: readonly (number | null)[],
  ink: Ink,
  { middle, top }: { middle: (index: number) => number; top: (value: number) => number },
): Shape[] {
  const runs: [number, number][][] = [[]]
  values.forEach((value, i) => {
    if (value === null) runs.push([])
    else runs.at(-1)?.push([middle(i), top(value)])
  })
  return runs.filter((run) => run.length > 1).map((points): Shape => ({ kind: 'line', points, ink, isDashed: false }))
}

function barList({ labels, series }: Drawn, width: number): Drawing {
  const values = labels.map((_, i) => Math.max(0, series[0]?.values[i] ?? 0))
  const most = Math.max(...values, 0) || 1
  const shapes = labels.flatMap((text, i): Shape[] => [
    { kind: 'words', x: 0, y: i * ROW + 10, text: shortened(text), anchor: 'start', ink: 'label' },
    {
      kind: 'rect',
      x: NAMES,
      y: i * ROW + 3,
      width: ((values[i] ?? 0) / most) * (width - NAMES),
      height: 8,
      ink: 0,
    },
  ])
  return { width, height: labels.length * ROW + 4, shapes }
}

const NAME_MAX = 30

function shortened(text: string): string {
  return text.length > NAME_MAX ? `${text.slice(0, NAME_MAX - 1)}…` : text
}
