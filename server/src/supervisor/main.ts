import { fileURLToPath } from 'node:url'
import { readSettings } from './env.ts'
import { describeFailure, StartFailure } from './failure.ts'
import { Supervisor } from './supervisor.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[/\\]$/, '')

/**
 * Runs Outlay until it is told to end: by Ctrl-C, SIGTERM, a closed terminal, or a part that cannot be kept running.
 * @public scripts/start.mjs calls it.
 */
export async function supervise({ watch }: { watch: boolean }): Promise<void> {
  let supervisor: Supervisor | null = null

  const end = async (code: number) => {
    await supervisor?.stop()
    process.exit(code)
  }
  const fail = (error: unknown) => {
    console.error(`\n${describeFailure(error)}`)
    void end(1)
  }
  let asked = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      asked += 1
      if (asked === 1) {
        console.log('\nStopping …')
        void end(0)
      } else if (asked === 3) {
        // Postgres and the children notice that we are gone and end by themselves.
        process.exit(1)
      }
    })
  }

  try {
    const { settings, warnings } = readSettings(process.env, { root })
    for (const warning of warnings) console.warn(warning)
    const onGiveUp = (sentence: string) => fail(new StartFailure(sentence))
    supervisor = new Supervisor({ settings, environment: process.env, root, watch, onGiveUp })
    await supervisor.start()
  } catch (error) {
    if (asked === 0) fail(error)
  }
}
