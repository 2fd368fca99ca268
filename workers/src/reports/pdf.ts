import { createElement as h, type ReactElement } from 'react'
import {
  Document,
  Line,
  Page,
  Polyline,
  Rect,
  renderToBuffer,
  StyleSheet,
  Svg,
  Text,
  View,
  type DocumentProps,
  type Styles,
} from '@react-pdf/renderer'
import { layoutChart, type Shape } from '@outlay/domain/chart/layout'
import type {
  ReportBlock,
  ReportChart,
  ReportDocument,
  ReportFigure,
  ReportSection,
  ReportTable,
} from '@outlay/domain/reports/document'
import { drawnOf, inkColour, seriesColour } from './drawn.ts'
import { FONT, fontsOf, registerFonts } from './fonts.ts'
import { printedCell, printedPeriod, Reasons } from './printed.ts'
import type { EditionMark } from './render.ts'

/** A4 lying down, less its margins, in points. */
const WIDTH = 770
const CHART_WIDTH = 560

/**
 * A document as a PDF: real text in fonts that are part of it, charts as vectors from the geometry of the portal's, and on every page which
 * edition it is and "n of m". Nothing is fetched.
 */
export async function pdfReport(document: ReportDocument, mark: EditionMark): Promise<Uint8Array> {
  registerFonts()
  return renderToBuffer(whole(document, mark))
}

function whole(document: ReportDocument, mark: EditionMark): ReactElement<DocumentProps> {
  const { title, issuer, sections, currency } = document
  // The date of the facts, so that the same document is the same file.
  const creationDate = new Date(document.asOf)
  return h(
    Document,
    {
      title: `${title}, ${issuer}`,
      author: issuer,
      creator: 'Outlay',
      producer: 'Outlay',
      creationDate,
      language: 'en',
    },
    ...pagesOf(sections).map((group, i) =>
      h(
        Page,
        { key: i, size: 'A4', orientation: 'landscape', style: STYLES.page },
        i === 0 ? heading(document) : null,
        ...group.map((section) => sectionOf(section, currency)),
        footer(document, mark),
      ),
    ),
  )
}

/** A section begins a page of its own, unless it has words alone: the layout of a page is worked out by itself, so long ones cost no other. */
function pagesOf(sections: readonly ReportSection[]): ReportSection[][] {
  const groups: ReportSection[][] = []
  for (const section of sections) {
    const last = groups.at(-1)
    if (last === undefined || section.blocks.some(({ kind }) => kind !== 'text')) groups.push([section])
    else last.push(section)
  }
  return groups
}

function sectionOf({ id, heading: name, blocks }: ReportSection, currency: string): ReactElement {
  return h(
    View,
    { key: id, style: STYLES.section },
    h(Text, { style: STYLES.h2, minPresenceAhead: 60 }, name),
    ...blocks.map((block, at) => h(View, { key: at }, blockOf(block, currency))),
  )
}

function heading(document: ReportDocument): ReactElement {
  const { issuer, accent, title, addressee, currency, asOf } = document
  const facts = [printedPeriod(document), `Amounts in ${currency}`, `As of ${asOf}`]
  return h(
    View,
    { style: [STYLES.heading, accent === undefined ? {} : { borderTop: `3pt solid ${accent}`, paddingTop: 8 }] },
    h(Text, { style: [STYLES.issuer, accent === undefined ? {} : { color: accent, fontWeight: 600 }] }, issuer),
    h(Text, { style: STYLES.h1 }, title),
    addressee === null ? null : h(Text, { style: STYLES.addressee }, `For ${addressee}`),
    h(Text, { style: STYLES.note }, facts.join('  ·  ')),
  )
}

function footer({ issuer, title }: ReportDocument, { editionId, hash }: EditionMark): ReactElement {
  return h(
    View,
    { fixed: true, style: STYLES.footer },
    h(Text, { style: STYLES.footerLeft }, `${issuer}, ${title}`),
    h(Text, { style: STYLES.footerMiddle }, `Edition ${editionId}  SHA-256 ${hash}`),
    h(Text, {
      style: STYLES.footerRight,
      render: ({ pageNumber, totalPages }) => `${pageNumber} of ${totalPages}`,
    }),
  )
}

function blockOf(block: ReportBlock, currency: string): ReactElement {
  switch (block.kind) {
    case 'text':
      return h(Text, { style: STYLES.paragraph }, block.text)
    case 'figures':
      return figuresOf(block.figures, currency)
    case 'table':
      return tableOf(block.table, currency)
    case 'chart':
      return chartOf(block.chart)
    default:
      return block satisfies never
  }
}

function figuresOf(figures: readonly ReportFigure[], currency: string): ReactElement {
  const reasons = new Reasons()
  const items = figures.map(({ label, value, note }) => {
    const printed = `${printedCell(value, currency, reasons)}${value.kind === 'money' ? ` ${currency}` : ''}`
    return h(
      View,
      { key: label, style: STYLES.figure },
      h(Text, { style: STYLES.note }, label),
      h(Text, { style: STYLES.figureValue }, printed),
      note === null ? null : h(Text, { style: STYLES.note }, note),
    )
  })
  return h(View, null, h(View, { style: STYLES.figures }, ...items), ...reasonsOf(reasons))
}

function tableOf({ title, columns, rows, total }: ReportTable, currency: string): ReactElement {
  const reasons = new Reasons()
  const printed = rows.map((row) => row.map((cell) => printedCell(cell, currency, reasons)))
  const printedTotal = total?.map((cell) => printedCell(cell, currency, reasons)) ?? null
  const widths = widthsOf(columns, printedTotal === null ? printed : [...printed, printedTotal])
  const isNumber = columns.map(({ kind }) => kind !== 'text' && kind !== 'date')
  const line = (key: string | number, cells: readonly string[], style: Style, isFixed = false) =>
    h(
      View,
      { key, style: [STYLES.row, style], wrap: false, fixed: isFixed },
      ...cells.map((text, i) =>
        h(
          Text,
          { key: i, style: [STYLES.cell, { width: widths[i] ?? 60 }, isNumber[i] === true ? STYLES.number : {}] },
          text,
        ),
      ),
    )
  const heads = columns.map(({ label }) => label)
  return h(
    View,
    { style: STYLES.table },
    h(Text, { style: STYLES.caption, minPresenceAhead: 40 }, title),
    h(
      View,
      { style: { width: widths.reduce((sum, width) => sum + width, 0) } },
      line('head', heads, STYLES.headRow, true),
      ...printed.map((cells, i) => line(i, cells, {})),
      ...(rows.length === 0 ? [h(Text, { key: 'none', style: STYLES.note }, 'Nothing in the period.')] : []),
      printedTotal === null ? null : line('total', printedTotal, STYLES.totalRow),
    ),
    ...reasonsOf(reasons),
  )
}

function reasonsOf(reasons: Reasons): ReactElement[] {
  return reasons.lines().map((reason) => h(Text, { key: reason, style: STYLES.note }, reason))
}

/** Room for a column of numbers, and the least and most for one of words; in points, a character is about 4.3 of them. */
const CHARACTER = 4.4
const PADDING = 10
const NUMBER_MIN = 44

/** Widths by what is in the columns: numbers get what they need, words share what is left by how long they are. */
function widthsOf(columns: ReportTable['columns'], rows: readonly (readonly string[])[]): number[] {
  const longest = columns.map(({ label, kind }, i) => {
    const words = kind === 'text' ? [label] : label.split(' ')
    const most = Math.max(...words.map(({ length }) => length), ...rows.map((row) => row[i]?.length ?? 0))
    return Math.max(Math.min(most, 90) * CHARACTER, kind === 'text' ? 0 : NUMBER_MIN) + PADDING
  })
  const isWords = columns.map(({ kind }) => kind === 'text')
  const numbers = longest.reduce((sum, width, i) => (isWords[i] === true ? sum : sum + width), 0)
  const wanted = longest.reduce((sum, width, i) => (isWords[i] === true ? sum + width : sum), 0)
  const left = Math.max(WIDTH - numbers, WIDTH * 0.3)
  const scale = wanted > left ? left / wanted : 1
  const narrowed = numbers > WIDTH * 0.7 ? (WIDTH * 0.7) / numbers : 1
  return longest.map((width, i) => (isWords[i] === true ? width * scale : width * narrowed))
}

function chartOf(chart: ReportChart): ReactElement {
  const { width, height, shapes } = layoutChart(drawnOf(chart), CHART_WIDTH)
  const legend = chart.series.map(({ name }, i) =>
    h(
      View,
      { key: name, style: STYLES.legendItem },
      h(View, { style: [STYLES.swatch, { backgroundColor: seriesColour(i) }] }),
      h(Text, { style: STYLES.note }, name),
    ),
  )
  return h(
    View,
    { style: STYLES.chart, wrap: false },
    h(Text, { style: STYLES.caption }, chart.title),
    chart.series.length < 2 ? null : h(View, { style: STYLES.legend }, ...legend),
    h(Svg, { width, height, viewBox: `0 0 ${width} ${height}` }, ...shapes.map(shapeOf)),
  )
}

function shapeOf(shape: Shape, key: number): ReactElement {
  const colour = inkColour(shape.ink)
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height } = shape
      return h(Rect, { key, x, y, width, height, fill: colour })
    }
    case 'line': {
      const strokeWidth = typeof shape.ink === 'number' ? 1.6 : 0.5
      const [first, last] = shape.points
      if (shape.points.length === 2 && first !== undefined && last !== undefined) {
        return h(Line, { key, x1: first[0], y1: first[1], x2: last[0], y2: last[1], stroke: colour, strokeWidth })
      }
      const points = shape.points.map(([x, y]) => `${x},${y}`).join(' ')
      return h(Polyline, { key, points, stroke: colour, strokeWidth, fill: 'none' })
    }
    case 'words': {
      const { x, y, text, anchor } = shape
      const style = { fontSize: 8, fontFamily: fontsOf(text) }
      return h(Text, { key, x, y, textAnchor: anchor, fill: colour, style }, text)
    }
    default:
      return shape satisfies never
  }
}

type Style = Styles[string]

const INK = '#191917'
const QUIET = '#696861'

const STYLES = StyleSheet.create({
  page: {
    fontFamily: FONT,
    fontFeatureSettings: { calt: 0 },
    fontSize: 8.5,
    color: INK,
    paddingTop: 36,
    paddingBottom: 44,
    paddingHorizontal: 36,
  },
  heading: { marginBottom: 10 },
  section: { marginBottom: 12 },
  issuer: { fontSize: 10, color: QUIET },
  h1: { fontSize: 22, fontWeight: 600 },
  h2: { fontSize: 14, fontWeight: 600, marginBottom: 6 },
  addressee: { fontSize: 11, marginTop: 2 },
  note: { fontSize: 7.5, color: QUIET, marginTop: 1 },
  paragraph: { marginBottom: 6, lineHeight: 1.4 },
  figures: { flexDirection: 'row', gap: 8, marginBottom: 4 },
  figure: { flexGrow: 1, flexBasis: 0, border: '0.5pt solid #d9d8d3', borderRadius: 3, padding: 6 },
  figureValue: { fontSize: 12, fontWeight: 600, marginTop: 2 },
  table: { marginTop: 6, marginBottom: 8 },
  caption: { fontWeight: 600, marginBottom: 3 },
  row: { flexDirection: 'row', borderBottom: '0.5pt solid #eeede9', paddingVertical: 2 },
  headRow: { borderBottom: '0.8pt solid #8f8e86', color: QUIET },
  totalRow: { borderTop: '0.8pt solid #191917', borderBottom: 'none', fontWeight: 600 },
  cell: { paddingRight: 8 },
  number: { textAlign: 'right', fontFeatureSettings: { calt: 0, tnum: 1 } },
  chart: { marginVertical: 6 },
  legend: { flexDirection: 'row', gap: 12, marginBottom: 4 },
  legendItem: { flexDirection: 'row', alignItems: 'center', gap: 4 },
  swatch: { width: 7, height: 7 },
  footer: {
    position: 'absolute',
    left: 36,
    right: 36,
    bottom: 18,
    flexDirection: 'row',
    fontSize: 6.5,
    color: QUIET,
    borderTop: '0.5pt solid #d9d8d3',
    paddingTop: 4,
  },
  footerLeft: { width: 200 },
  footerMiddle: { flexGrow: 1, textAlign: 'center' },
  footerRight: { width: 60, textAlign: 'right' },
})
