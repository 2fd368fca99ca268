import { Failure } from './failure.mjs'

export const verbose = process.argv.includes('--verbose')

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/**
 * One line per step: what is done, then how long it took. `work` gets `{ inherit }` for the programs it runs and
 * returns their `{ code, output }`. A failed program's whole output is shown, nothing of it otherwise.
 */
export async function step(title, work) {
  const terminal = process.stdout.isTTY && !verbose
  process.stdout.write(terminal ? `  ${title} …` : `  ${title} …\n`)
  const began = performance.now()
  const { code, output, signal } = await work({ inherit: verbose })
  const took = seconds(performance.now() - began)
  if (code === 0) {
    process.stdout.write(terminal ? `\r✓ ${title} (${took})\x1b[K\n` : `✓ ${title} (${took})\n`)
    return
  }
  process.stdout.write(terminal ? `\r✗ ${title} (${took})\x1b[K\n` : `✗ ${title} (${took})\n`)
  if (output) process.stderr.write(`${output}\n`)
  throw new Failure(`${title} failed${signal ? ` (stopped by ${signal})` : ''}; its output is above.`)
}
