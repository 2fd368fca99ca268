/** What the command line takes from the environment, so that a key need not stand in the list of processes. */
export function commandEnvironment(): { url: string; key: string | null } {
  return { url: process.env.OUTLAY_URL ?? 'http://127.0.0.1:4000', key: process.env.OUTLAY_API_KEY ?? null }
}
