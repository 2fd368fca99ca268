import type { Outgoing } from '@outlay/db/channels/try-delivery'
import { wordsOf, type Words } from './words.ts'

/** What Slack takes of a header, a text and a message (https://api.slack.com/reference/block-kit/blocks). */
const HEADER_MAX = 150
const TEXT_MAX = 3_000
const BLOCKS_MAX = 50

/** The body of an incoming webhook of Slack, or of what takes the same. */
export function slackMessageOf(outgoing: Outgoing, publicUrl: string | null): { text: string; blocks: object[] } {
  const { subject, intro, items, more } = wordsOf(outgoing, publicUrl)
  const sections = items.map(({ title, reason, facts, link }) => {
    const lines = [
      `*${escaped(title)}*`,
      escaped(reason),
      ...facts.map(({ name, value }) => `${name}: ${escaped(value)}`),
    ]
    const more = link === null ? [] : [`<${link}|Open in Outlay>`]
    return section([...lines, ...more].join('\n'))
  })
  const rest = more + Math.max(0, sections.length - (BLOCKS_MAX - 4))
  return {
    // What is shown where blocks are not: in a notification, and by who takes Slack's messages without them.
    text: cut(
      [escaped(subject), ...(intro === '' ? [] : [escaped(intro)]), ...items.flatMap(plain)].join('\n'),
      TEXT_MAX,
    ),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(subject, HEADER_MAX), emoji: false } },
      ...(intro === '' ? [] : [section(escaped(intro))]),
      ...sections.slice(0, BLOCKS_MAX - 4),
      ...(rest === 0 ? [] : [section(`And ${rest} more.`)]),
      {
        type: 'context',
        elements: [{ type: 'plain_text', text: cut(`Outlay, ${outgoing.tenant.name}`, HEADER_MAX), emoji: false }],
      },
    ],
  }
}

function plain({ title, reason, link }: Words['items'][number], index: number, all: Words['items']): string[] {
  // The title of the only one is the subject.
  const lines = all.length === 1 ? [escaped(reason)] : [escaped(title)]
  return link === null ? lines : [...lines, link]
}

const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, TEXT_MAX) } })

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`)

/** Of a text of ours nothing is a link, a mention or a command of Slack. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
