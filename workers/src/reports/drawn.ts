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
const SERIES = ['#2563c9', '#c07a18', '#2e8f6b', '#8a4fbf', '#b5404e', '#4b7f93']

const INKS: Record<Exclude<Ink, number>, string> = {
  grid: '#e8ebef',
  axis: '#9aa3ae',
  label: '#59616c',
  total: '#3a4450',
  more: '#b5404e',
  less: '#2e8f6b',
}

/** The colour of a series by its place. */
export function seriesColour(place: number): string {
  return SERIES[place % SERIES.length] ?? '#2563c9'
}

/** The colour of a shape. */
export function inkColour(ink: Ink): string {
  return typeof ink === 'number' ? seriesColour(ink) : INKS[ink]
}
