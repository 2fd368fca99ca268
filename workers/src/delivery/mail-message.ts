import type { Outgoing } from '@outlay/db/channels/try-delivery'
import { idText } from '@outlay/domain/ids/id-text'
import type { Mail } from '../mail/mailer.ts'
import { alertId, wordsOf, type Words } from './words.ts'

/** The mail of a delivery, as text and as HTML. It has one Message-ID however often it is sent; mails of one alert refer to it. */
export function mailOf(outgoing: Outgoing, { publicUrl, domain }: { publicUrl: string | null; domain: string }): Mail {
  const words = wordsOf(outgoing, publicUrl)
  const { delivery, channel, alerts } = outgoing
  const [alert] = delivery.purpose === 'DIGEST' ? [] : alerts
  return {
    to: channel.target,
    subject: words.subject,
    text: textOf(words, outgoing),
    html: htmlOf(words, outgoing),
    messageId: `<${idText('dlv', delivery.id)}@${domain}>`,
    ...(alert === undefined ? {} : { references: `<${alertId(alert.id)}@${domain}>` }),
  }
}

function textOf({ intro, items, more }: Words, outgoing: Outgoing): string {
  const parts = items.map(({ title, reason, facts, link }) =>
    [
      title,
      reason,
      '',
      ...facts.map(({ name, value }) => `${name}: ${value}`),
      ...(link === null ? [] : ['', link]),
    ].join('\n'),
  )
  return [...(intro === '' ? [] : [intro]), ...parts, ...moreOf(more), footerOf(outgoing)].join('\n\n')
}

function htmlOf({ subject, intro, items, more }: Words, outgoing: Outgoing): string {
  const rows = (facts: Words['items'][number]['facts']) =>
    facts
      .map(
        ({ name, value }) =>
          `<tr><td style="padding:2px 16px 2px 0">${escaped(name)}</td><td>${escaped(value)}</td></tr>`,
      )
      .join('')
  const parts = items.map(
    ({ title, reason, facts, link }) =>
      `<h2 style="font-size:16px">${escaped(title)}</h2><p>${escaped(reason)}</p><table>${rows(facts)}</table>` +
      (link === null ? '' : `<p><a href="${escaped(link)}">Open in Outlay</a></p>`),
  )
  const paragraphs = [...(intro === '' ? [] : [intro]), ...moreOf(more)].map((text) => `<p>${escaped(text)}</p>`)
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>` +
    `<body style="font-family:sans-serif;font-size:14px">${[...parts, ...paragraphs].join('')}` +
    `<p style="color:#666">${escaped(footerOf(outgoing))}</p></body></html>`
  )
}

const moreOf = (more: number): string[] => (more === 0 ? [] : [`And ${more} more.`])

const footerOf = ({ tenant, channel }: Outgoing): string => `Outlay, ${tenant.name}, channel ${channel.name}`

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
