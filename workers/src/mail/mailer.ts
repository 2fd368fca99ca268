import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createTransport } from 'nodemailer'

export interface Mail {
  /** Addresses, with commas between. */
  to: string
  subject: string
  text: string
  /** The same with links and a table, for who wants that. */
  html?: string
  /** `<id@domain>`: a mail that is sent again has the same, so that a reader's program shows it once. */
  messageId?: string
  /** The message that it belongs to, whether there is one or not: mails of one thing are shown together. */
  references?: string
}

export interface Mailer {
  send: (mail: Mail) => Promise<void>
}

export interface MailSettings {
  /** Null: mails go to a file. */
  smtp: { url: string; from: string } | null
  dataDir: string
}

const CONNECT_MS_MAX = 10_000
/** Longest silence of the mail server. */
const SILENCE_MS_MAX = 15_000

/** Mail through SMTP, e.g. `smtps://user:password@mail.example.com`; without it into `outbox.txt` in the data folder. */
export function openMailer({ smtp, dataDir }: MailSettings): Mailer {
  return smtp === null ? fileMailer(dataDir) : smtpMailer(smtp)
}

function smtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ subject, ...mail }) => void (await transport.sendMail({ from, ...mail, subject: oneLine(subject) })),
  }
}

/** Without SMTP: the text of mails is appended to a file that only its owner may read. */
function fileMailer(dataDir: string): Mailer {
  const file = join(dataDir, 'outbox.txt')
  return {
    send: async ({ to, subject, text, messageId }) => {
      await mkdir(dirname(file), { recursive: true })
      const headers = [
        `To: ${oneLine(to)}`,
        `Subject: ${oneLine(subject)}`,
        ...(messageId === undefined ? [] : [`Message-ID: ${oneLine(messageId)}`]),
        `Date: ${new Date().toISOString()}`,
      ]
      await appendFile(file, `${headers.join('\n')}\n\n${text}\n---\n`, { mode: 0o600 })
    },
  }
}

/** A header is one line: what would begin another one becomes a space. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
