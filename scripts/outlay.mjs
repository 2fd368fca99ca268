// `npm run outlay -- <command>`: the command line. npm runs it in the checkout; paths are those of the caller's folder.
import { requireNode, runScript } from './lib/failure.mjs'
import { installPackages } from './lib/prepare.mjs'
import { inRoot } from './lib/root.mjs'

await runScript(async () => {
  requireNode([20, 19])
  await installPackages()
  const { register } = await import('tsx/esm/api')
  register()
  const { runCommandLine } = await import(inRoot('server/src/cli/main.ts'))
  process.exitCode = await runCommandLine(process.argv.slice(2), { folder: process.env.INIT_CWD ?? process.cwd() })
})
