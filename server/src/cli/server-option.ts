import { commandEnvironment } from './env.ts'
import { CommandFailure } from './failure.ts'

/** The server a command talks to, and the key it shows: from the options, else from the environment. */
export function serverOption(values: { url?: string | undefined; key?: string | undefined }): {
  url: string
  key: string | null
} {
  const environment = commandEnvironment()
  const url = values.url ?? environment.url
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CommandFailure(`--url "${url}" is not an address such as http://127.0.0.1:4000.`)
  }
  return { url, key: values.key ?? environment.key }
}

export function missingKey(): never {
  throw new CommandFailure('An API key is needed: --key outl_…, or OUTLAY_API_KEY in the environment.')
}

/** A whole number of an option, between two others. */
export function countOption(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const count = /^\d{1,5}$/.test(text) ? Number.parseInt(text, 10) : -1
  if (count < min || count > max) throw new CommandFailure(`${name} "${text}" is not ${min} to ${max}.`)
  return count
}
