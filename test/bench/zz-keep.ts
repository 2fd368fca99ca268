import { writeFileSync } from 'node:fs'
import { createWorld } from './world.ts'
import { seed } from './portal/measure-portal.ts'
import { makeThings } from './portal/make-things.ts'
import { portalPages } from './portal/pages.ts'
const world = await createWorld()
const began = Date.now()
const sites = await seed(world, { events: Number(process.argv[2] ?? 1_000_000), visits: 1, only: null, loadMinutesMax: 20, jsonFile: null }, began)
let server = await world.startServer({ withPortal: true })
const worker = await world.startWorker()
const made: object[] = []
for (const make of sites) {
  const site = make(server.url)
  const pages = portalPages(await makeThings(site.tenant, site.known))
  made.push({ name: site.name, login: site.login, pages: pages.map(({ address }) => address), apiKey: site.tenant.apiKey })
}
const save = () => writeFileSync('/tmp/kit/keep.json', JSON.stringify({ url: server.url, pid: server.pid, worker: worker.pid, keeper: process.pid, admin: world.postgres.adminUrl, urls: world.urls, made }, null, 1))
save()
console.log('ready')
process.on('SIGUSR2', () => void server.stop().then(() => world.startServer({ withPortal: true })).then((s) => { server = s; save(); console.log('again') }))
process.on('SIGTERM', () => void world.stop().then(() => process.exit(0)))
setInterval(() => {}, 1e6)
