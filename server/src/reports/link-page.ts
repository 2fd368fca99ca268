import type { OpenEdition } from '@outlay/db/reports/report-link'
import { addDays } from '@outlay/domain/periods/calendar-date'
import type { ReportFormat } from '@outlay/domain/reports/document'

const WORDS: Readonly<Record<ReportFormat, string>> = {
  HTML: 'Read it here',
  PDF: 'PDF, to print',
  XLSX: 'XLSX, for a spreadsheet',
  CSV: 'CSV, of every table',
}

const ORDER: readonly ReportFormat[] = ['HTML', 'PDF', 'XLSX', 'CSV']

/** What a link opens: which report it is, its files, and what it is held against. */
export function linkPage(edition: OpenEdition, token: string): string {
  const { title, issuer, from, to, number, sha256, expiresAt, formats } = edition
  const files = ORDER.filter((format) => formats.includes(format)).map(
    (format) => `<li><a href="/r/${escaped(token)}/${format.toLowerCase()}">${WORDS[format]}</a></li>`,
  )
  return document(
    title,
    `<p>${escaped(issuer)}</p><h1>${escaped(title)}</h1>
<p>${from} to ${addDays(to, -1)}${number === 1 ? '' : `, edition ${number}, which restates edition ${number - 1}`}</p>
<ul>${files.join('')}</ul>
<p class="small">This link works until ${expiresAt.slice(0, 10)}. SHA-256 of what the report says: <code>${sha256}</code></p>`,
  )
}

/** The one answer for a link that is unknown, too old or revoked, so that links cannot be tried out. */
export function gonePage(): string {
  return document(
    'Nothing here',
    '<h1>There is nothing here</h1><p>This link is not known, is too old, or was closed. Ask whoever sent it for a new one.</p>',
  )
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><title>${escaped(title)}</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}li{margin:.5rem 0}a{display:inline-block;min-height:24px}.small{font-size:.875rem}</style></head>
<body><main>${body}</main></body></html>
`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
