export type DemoAccess = { password: string; logins: readonly { email: string; role: string }[]; apiKey: string }

/** What a person reads once everything runs. */
export function banner({ url, demo, seconds }: { url: string; demo: DemoAccess | null; seconds: number }): string {
  const lines = ['', `Outlay is ready at ${url} (${seconds} s). Ctrl-C stops it; the data stays.`, '']
  if (demo !== null) {
    const width = Math.max(...demo.logins.map(({ email }) => email.length))
    lines.push(`Sign in to the demo with the password ${demo.password} as`)
    lines.push(...demo.logins.map(({ email, role }) => `  ${email.padEnd(width)}  ${role}`))
    lines.push('', `API key of the demo: ${demo.apiKey}`, '')
  }
  return lines.join('\n')
}
