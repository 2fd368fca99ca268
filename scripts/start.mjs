// `npm start` and `npm run dev`: from a fresh clone to a running Outlay. Needs nothing but Node.js and npm.
import { requireNode, runScript } from './lib/failure.mjs'
import { requireFreePort } from './lib/port.mjs'
import { buildPortal, generate, installPackages } from './lib/prepare.mjs'
import { inRoot, quietEnvironment, root } from './lib/root.mjs'

const watch = process.argv.includes('--watch')

await runScript(async () => {
  requireNode([20, 19])
  const port = process.env.OUTLAY_PORT ?? '4000'
  // Anything else than a port number is reported by the supervisor, together with all other settings.
  if (/^\d{1,5}$/.test(port)) await requireFreePort(port, process.env.OUTLAY_HOST ?? '127.0.0.1')

  await installPackages()
  await generate()
  if (!watch) await buildPortal()

  Object.assign(process.env, quietEnvironment)
  process.chdir(root)
  // The supervisor runs in this process: Ctrl-C and SIGTERM reach it directly.
  const { register } = await import('tsx/esm/api')
  register()
  const { supervise } = await import(inRoot('server/src/supervisor/main.ts'))
  await supervise({ watch })
})
