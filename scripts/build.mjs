// `npm run build`: generated code and the portal, for images and other deployments of the separate parts.
import { requireNode, runScript } from './lib/failure.mjs'
import { buildPortal, generate, installPackages } from './lib/prepare.mjs'

await runScript(async () => {
  requireNode([20, 19])
  await installPackages()
  await generate()
  await buildPortal()
})
