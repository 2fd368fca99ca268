import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createTransport } from 'nodemailer'

export interface Mail {
  to: string
  subject: string
  text: string
}

export interface Mailer {
  send: (mail: Mail) => Promise<void>
}

/** Mail through SMTP, e.g. `smtps://user:password@mail.example.com`. */
export function smtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport(url)
  return { send: async (mail) => void (await transport.sendMail({ from, ...mail })) }
}

/** Without SMTP: mails are appended to `outbox.txt` in the data folder, which only the owner may read. */
export function fileMailer(dataDir: string): Mailer {
  const file = join(dataDir, 'outbox.txt')
  return {
    send: async ({ to, subject, text }) => {
      await mkdir(dirname(file), { recursive: true })
      await appendFile(file, `To: ${to}\nSubject: ${subject}\nDate: ${new Date().toISOString()}\n\n${text}\n---\n`, {
        mode: 0o600,
      })
    },
  }
}
