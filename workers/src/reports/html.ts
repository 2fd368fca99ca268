import type {
  ReportBlock,
  ReportCellKind,
  ReportChart,
  ReportDocument,
  ReportFigure,
  ReportTable,
} from '@outlay/domain/reports/document'
import { layoutChart, type Shape } from '@outlay/domain/chart/layout'
import { drawnOf, inkColour, seriesColour } from './drawn.ts'
import { printedCell, printedInstant, printedPeriod, Reasons } from './printed.ts'
import type { EditionMark } from './render.ts'

const WIDTH = 700

/** One page that needs nothing else: no script, no address, its own style, and made to be printed. */
export function htmlReport(document: ReportDocument, { editionId, hash }: EditionMark): Uint8Array {
  const { title, issuer, accent, addressee, currency, asOf, sections } = document
  const body = sections
    .map(
      ({ id, heading, blocks }) =>
        `<section id="${escaped(id)}"><h2>${escaped(heading)}</h2>${blocks.map((block) => blockHtml(block, currency)).join('')}</section>`,
    )
    .join('\n')
  const facts = [
    printedPeriod(document),
    `Amounts in ${currency}`,
    `As of ${printedInstant(asOf)}`,
    ...(addressee === null ? [] : [`For ${addressee}`]),
  ]
  return Buffer.from(
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${escaped(`${title}, ${issuer}`)}</title><style>${STYLE}${accent === undefined ? '' : accentStyle(accent)}</style></head>
<body><header><p class="issuer">${escaped(issuer)}</p><h1>${escaped(title)}</h1><p>${facts.map(escaped).join(' · ')}</p></header>
<nav><ol>${sections.map(({ id, heading }) => `<li><a href="#${escaped(id)}">${escaped(heading)}</a></li>`).join('')}</ol></nav>
<main>${body}</main>
<footer><p>Edition ${escaped(editionId)}</p><p>SHA-256 ${escaped(hash)}</p></footer></body></html>
`,
    'utf8',
  )
}

function blockHtml(block: ReportBlock, currency: string): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escaped(block.text)}</p>`
    case 'figures':
      return figuresHtml(block.figures, currency)
    case 'table':
      return tableHtml(block.table, currency)
    case 'chart':
      return chartHtml(block.chart)
    default:
      return block satisfies never
  }
}

function figuresHtml(figures: readonly ReportFigure[], currency: string): string {
  const reasons = new Reasons()
  const items = figures.map(({ label, value, note }) => {
    const printed = `${printedCell(value, currency, reasons)}${value.kind === 'money' ? ` ${currency}` : ''}`
    return `<div><dt>${escaped(label)}</dt><dd>${escaped(printed)}</dd>${note === null ? '' : `<dd class="note">${escaped(note)}</dd>`}</div>`
  })
  return `<dl class="figures">${items.join('')}</dl>${reasonsHtml(reasons)}`
}

function tableHtml({ title, columns, rows, total }: ReportTable, currency: string): string {
  const reasons = new Reasons()
  const heads = columns.map(({ label, kind }) => `<th scope="col"${classOf(kind)}>${escaped(label)}</th>`)
  const line = (row: ReportTable['rows'][number]) =>
    row
      .map(
        (cell, i) => `<td${classOf(columns[i]?.kind ?? 'text')}>${escaped(printedCell(cell, currency, reasons))}</td>`,
      )
      .join('')
  const lines = rows.map((row) => `<tr>${line(row)}</tr>`).join('\n')
  const foot = total === null ? '' : `<tfoot><tr>${line(total)}</tr></tfoot>`
  const empty = rows.length === 0 ? `<tr><td colspan="${columns.length}">Nothing in the period.</td></tr>` : ''
  return `<div class="wide"><table><caption>${escaped(title)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${lines}${empty}</tbody>${foot}</table></div>${reasonsHtml(reasons)}`
}

function classOf(kind: ReportCellKind): string {
  return kind === 'text' || kind === 'date' ? '' : ' class="n"'
}

function reasonsHtml(reasons: Reasons): string {
  return reasons
    .lines()
    .map((reason) => `<p class="note">${escaped(reason)}</p>`)
    .join('')
}

function chartHtml(chart: ReportChart): string {
  const { width, height, shapes } = layoutChart(drawnOf(chart), WIDTH)
  const legend =
    chart.series.length < 2
      ? ''
      : `<p class="legend">${chart.series.map(({ name }, i) => `<span><svg width="9" height="9" aria-hidden="true"><rect width="9" height="9" fill="${seriesColour(i)}"/></svg> ${escaped(name)}</span>`).join(' ')}</p>`
  return `<figure><figcaption>${escaped(chart.title)}</figcaption>${legend}<svg role="img" aria-label="${escaped(chart.title)}" viewBox="0 0 ${width} ${height}" width="100%">${shapes.map(shapeSvg).join('')}</svg></figure>`
}

function shapeSvg(shape: Shape): string {
  const colour = inkColour(shape.ink)
  switch (shape.kind) {
    case 'rect':
      return `<rect x="${tidy(shape.x)}" y="${tidy(shape.y)}" width="${tidy(shape.width)}" height="${tidy(shape.height)}" fill="${colour}"/>`
    case 'line':
      return `<polyline points="${shape.points.map(([x, y]) => `${tidy(x)},${tidy(y)}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="${typeof shape.ink === 'number' ? 1.6 : 0.6}"/>`
    case 'words':
      return `<text x="${tidy(shape.x)}" y="${tidy(shape.y)}" font-size="9" text-anchor="${shape.anchor}" fill="${colour}">${escaped(shape.text)}</text>`
    default:
      return shape satisfies never
  }
}

function tidy(place: number): string {
  return String(Math.round(place * 100) / 100)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

/** The colour of the firm over what it says, and in its name. It stands in the style as it is, so it is a colour and nothing else. */
function accentStyle(accent: string): string {
  if (!/^#[0-9a-f]{6}$/.test(accent)) throw new Error('The accent of a report is a colour such as #1d5c48.')
  return `header{border-top:4px solid ${accent};padding-top:12px}.issuer{color:${accent};font-weight:600}`
}

const STYLE = `
:root{color-scheme:light}
body{font:14px/1.5 system-ui,sans-serif;color:#16191d;background:#fff;margin:0 auto;max-width:1000px;padding:24px}
h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 8px;border-bottom:1px solid #d9dde3;padding-bottom:4px}
.issuer,.note,.legend,footer{color:#59616c}.note{font-size:12px;margin:2px 0}
nav ol{columns:2;padding-left:20px}a{color:#1d4fb8}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:12px 0}
.figures div{border:1px solid #d9dde3;border-radius:6px;padding:10px}dt{color:#59616c;font-size:12px}
dd{margin:0;font-size:18px;font-variant-numeric:tabular-nums}dd.note{font-size:12px}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:12px 0 4px;font-size:13px}
caption{text-align:left;font-weight:600;padding:4px 0}th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #e8ebef;vertical-align:top}
th{color:#59616c;font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tfoot td{font-weight:600;border-top:1.5px solid #16191d;border-bottom:0}
figure{margin:16px 0}figcaption{font-weight:600}.legend{margin:2px 0;font-size:12px}
footer{margin-top:40px;font-size:12px;overflow-wrap:anywhere}
@media print{body{max-width:none;padding:0;font-size:11px}nav{display:none}section{break-before:page}section:first-of-type{break-before:auto}
tr,figure,.figures div{break-inside:avoid}thead{display:table-header-group}@page{size:A4 landscape;margin:14mm}}
`
