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
import { printedCell, printedInstant, printedPeriod, Reasons } from './printed.ts'
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
  const { title, issuer } = document
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
    ...pagesOf(document).map((pieces, i) =>
      h(Page, { key: i, size: 'A4', orientation: 'landscape', style: STYLES.page }, ...pieces, footer(document, mark)),
    ),
  )
}

/**
 * What stands on each page. The pages are filled here, by what things are estimated to be high, and not by the renderer: it lays a whole page out
 * again for every page that it spills to, which for a table of five hundred rows took minutes and most of a gigabyte. Where an estimate is too
 * low the renderer still breaks the page, so nothing is cut off.
 *
 * A section stays on a page as long as all of it finds room there, and begins one of its own otherwise; a table goes on under its head, and its
 * total never stands alone.
 */
function pagesOf(document: ReportDocument): ReactElement[][] {
  const sheet = new Sheets()
  sheet.add(document.addressee === null ? 62 : 78, heading(document))
  for (const section of document.sections) {
    const parts = section.blocks.flatMap((block) => partsOf(block, document.currency))
    const whole = parts.reduce((sum, part) => sum + part.height, SECTION_HEAD)
    sheet.begin(whole, section)
    for (const part of parts) part.putOn(sheet)
  }
  return sheet.pages
}

/** What a page holds between its margins, and what things take of it, in points, as they were measured on pages that the renderer made. */
const PAGE_HEIGHT = 512
const SECTION_HEAD = 33
const LINE = 10.3
const ROW_PADDING = 4.3

class Sheets {
  readonly pages: ReactElement[][] = [[]]
  #left = PAGE_HEIGHT
  #keys = 0

  get left(): number {
    return this.#left
  }

  add(height: number, element: ReactElement): void {
    if (height > this.#left) this.breakPage()
    this.pages.at(-1)?.push(h(View, { key: (this.#keys += 1) }, element))
    this.#left -= height
  }

  /** The heading of a section, on this page where `whole` finds room with it. */
  begin(whole: number, { heading: name }: ReportSection): void {
    if (whole > this.#left && this.#left < PAGE_HEIGHT - 100) this.breakPage()
    this.add(SECTION_HEAD, h(Text, { style: STYLES.h2 }, name))
  }

  breakPage(): void {
    if (this.pages.at(-1)?.length === 0) return
    this.pages.push([])
    this.#left = PAGE_HEIGHT
  }
}

/** Something of a section that goes onto pages, and how high it is altogether, in points. */
interface Part {
  height: number
  putOn: (sheet: Sheets) => void
}

function partOf(height: number, element: ReactElement): Part {
  return { height, putOn: (sheet) => sheet.add(height, element) }
}

function linesOf(text: string, width: number): number {
  return Math.max(1, Math.ceil((text.length * CHARACTER) / width))
}

function heading(document: ReportDocument): ReactElement {
  const { issuer, accent, title, addressee, currency, asOf } = document
  const facts = [printedPeriod(document), `Amounts in ${currency}`, `As of ${printedInstant(asOf)}`]
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

function partsOf(block: ReportBlock, currency: string): Part[] {
  switch (block.kind) {
    case 'text':
      return [partOf(linesOf(block.text, WIDTH) * 12 + 6, h(Text, { style: STYLES.paragraph }, block.text))]
    case 'figures':
      return figuresOf(block.figures, currency)
    case 'table':
      return tableOf(block.table, currency)
    case 'chart':
      return [chartOf(block.chart)]
    default:
      return block satisfies never
  }
}

function figuresOf(figures: readonly ReportFigure[], currency: string): Part[] {
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
  return [partOf(62, h(View, { style: STYLES.figures }, ...items)), ...reasonsOf(reasons)]
}

function tableOf({ title, columns, rows, total }: ReportTable, currency: string): Part[] {
  const reasons = new Reasons()
  const printed = rows.map((row) => row.map((cell) => printedCell(cell, currency, reasons)))
  const printedTotal = total?.map((cell) => printedCell(cell, currency, reasons)) ?? null
  const widths = widthsOf(columns, printedTotal === null ? printed : [...printed, printedTotal])
  const isNumber = columns.map(({ kind }) => kind !== 'text' && kind !== 'date')
  const line = (key: string | number, cells: readonly string[], style: Style) =>
    h(
      View,
      { key, style: [STYLES.row, style], wrap: false },
      ...cells.map((text, i) =>
        h(
          Text,
          { key: i, style: [STYLES.cell, { width: widths[i] ?? 60 }, isNumber[i] === true ? STYLES.number : {}] },
          text,
        ),
      ),
    )
  const heightOf = (cells: readonly string[]) =>
    Math.max(1, ...cells.map((text, i) => linesOf(text, (widths[i] ?? 60) - 8))) * LINE + ROW_PADDING
  const heads = columns.map(({ label }) => label)
  const lines: { height: number; element: ReactElement }[] = printed.map((cells, i) => ({
    height: heightOf(cells),
    element: line(i, cells, {}),
  }))
  if (lines.length === 0)
    lines.push({ height: 14, element: h(Text, { key: 'none', style: STYLES.none }, 'Nothing in the period.') })
  const last = printedTotal === null ? null : line('total', printedTotal, STYLES.totalRow)
  const lastHeight = printedTotal === null ? 0 : heightOf(printedTotal) + 2
  const headHeight = Math.max(...heads.map((text) => text.split(' ').length)) * LINE + 8
  const top = headHeight + 22
  const width = widths.reduce((sum, each) => sum + each, 0)
  const putOn = (sheet: Sheets) => {
    for (let at = 0; at < lines.length;) {
      // The title, the head and three lines stand together, or on the next page.
      if (sheet.left < top + lines.slice(at, at + 3).reduce((sum, { height }) => sum + height, lastHeight))
        sheet.breakPage()
      const taken: ReactElement[] = []
      let height = top
      const begun = at
      for (; at < lines.length; at += 1) {
        const next = lines[at]
        const needed = (next?.height ?? 0) + (at === lines.length - 1 ? lastHeight : 0)
        if (next === undefined || (at > begun && height + needed > sheet.left)) break
        taken.push(next.element)
        height += needed
      }
      const isEnd = at === lines.length
      sheet.add(
        Math.min(height, sheet.left),
        h(
          View,
          { style: STYLES.table },
          h(Text, { style: STYLES.caption }, begun === 0 ? title : `${title}, continued`),
          h(View, { style: { width } }, line('head', heads, STYLES.headRow), ...taken, isEnd ? last : null),
        ),
      )
    }
  }
  return [{ height: lines.reduce((sum, { height }) => sum + height, top + lastHeight), putOn }, ...reasonsOf(reasons)]
}

function reasonsOf(reasons: Reasons): Part[] {
  return reasons
    .lines()
    .map((reason) => partOf(linesOf(reason, WIDTH) * LINE, h(Text, { key: reason, style: STYLES.note }, reason)))
}

/** Room for a column of numbers, and the least and most for one of words, in points: a character of words, and a digit of its own width. */
const CHARACTER = 4.4
const DIGIT = 5.5
const PADDING = 10
const NUMBER_MIN = 44

/** Widths by what is in the columns: numbers get what they need, words share what is left by how long they are. */
function widthsOf(columns: ReportTable['columns'], rows: readonly (readonly string[])[]): number[] {
  const longest = columns.map(({ label, kind }, i) => {
    const words = kind === 'text' ? [label] : label.split(' ')
    const most = Math.max(...words.map(({ length }) => length), ...rows.map((row) => row[i]?.length ?? 0))
    if (kind === 'text') return Math.min(most, 90) * CHARACTER + PADDING
    return Math.max(most * (kind === 'date' ? CHARACTER : DIGIT), NUMBER_MIN) + PADDING
  })
  const isWords = columns.map(({ kind }) => kind === 'text')
  const numbers = longest.reduce((sum, width, i) => (isWords[i] === true ? sum : sum + width), 0)
  const wanted = longest.reduce((sum, width, i) => (isWords[i] === true ? sum + width : sum), 0)
  const left = Math.max(WIDTH - numbers, WIDTH * 0.3)
  const scale = wanted > left ? left / wanted : 1
  const narrowed = numbers > WIDTH * 0.7 ? (WIDTH * 0.7) / numbers : 1
  return longest.map((width, i) => (isWords[i] === true ? width * scale : width * narrowed))
}

function chartOf(chart: ReportChart): Part {
  const { width, height, shapes } = layoutChart(drawnOf(chart), CHART_WIDTH)
  const legend = chart.series.map(({ name }, i) =>
    h(
      View,
      { key: name, style: STYLES.legendItem },
      h(View, { style: [STYLES.swatch, { backgroundColor: seriesColour(i) }] }),
      h(Text, { style: STYLES.note }, name),
    ),
  )
  const element = h(
    View,
    { style: STYLES.chart, wrap: false },
    h(Text, { style: STYLES.caption }, chart.title),
    chart.series.length < 2 ? null : h(View, { style: STYLES.legend }, ...legend),
    h(Svg, { width, height, viewBox: `0 0 ${width} ${height}` }, ...shapes.map(shapeOf)),
  )
  return partOf(height + (chart.series.length < 2 ? 24 : 34), element)
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
  issuer: { fontSize: 10, color: QUIET },
  h1: { fontSize: 22, fontWeight: 600 },
  h2: { fontSize: 14, fontWeight: 600, marginTop: 8, marginBottom: 6 },
  addressee: { fontSize: 11, marginTop: 2 },
  note: { fontSize: 7.5, color: QUIET, marginTop: 1 },
  // The size is said again: lines are as high as a multiple of it, and it is not inherited for that.
  paragraph: { fontSize: 8.5, lineHeight: 1.4, marginBottom: 6 },
  figures: { flexDirection: 'row', gap: 8, marginBottom: 4 },
  figure: { flexGrow: 1, flexBasis: 0, border: '0.5pt solid #d9d8d3', borderRadius: 3, padding: 6 },
  figureValue: { fontSize: 12, fontWeight: 600, marginTop: 2 },
  table: { marginTop: 6, marginBottom: 8 },
  caption: { fontWeight: 600, marginBottom: 3 },
  row: { flexDirection: 'row', borderBottom: '0.5pt solid #eeede9', paddingVertical: 2 },
  headRow: { borderBottom: '0.8pt solid #8f8e86', color: QUIET },
  totalRow: { borderTop: '0.8pt solid #191917', borderBottom: 'none', fontWeight: 600 },
  none: { fontSize: 8.5, color: QUIET, paddingVertical: 3 },
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
