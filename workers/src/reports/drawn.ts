import type { Drawn, Ink } from '@outlay/domain/chart/layout'
import type { ReportChart } from '@outlay/domain/reports/document'

/** A chart with its amounts as floats: for places on paper only. */
export function drawnOf({ form, labels, series }: ReportChart): Drawn {
  return {
    form,
    labels,
    series: series.map(({ values }) => ({ values: values.map((value) => (value === null ? null : Number(value))) })),
  }
}

// The colours of the portal in its light scheme, in the order of its series.
const SERIES = ['#2f5fde', '#c97b16', '#009277', '#b86bb2', '#1c93dc', '#595300']

const INKS: Record<Exclude<Ink, number>, string> = {
  grid: '#eeede9',
  axis: '#8f8e86',
  label: '#696861',
  total: '#42486b',
  more: '#b4261f',
  less: '#10704a',
}

/** The colour of a series by its place. */
export function seriesColour(place: number): string {
  return SERIES[place % SERIES.length] ?? '#2f5fde'
}

/** The colour of a shape. */
export function inkColour(ink: Ink): string {
  return typeof ink === 'number' ? seriesColour(ink) : INKS[ink]
}
