import { afterAll, beforeAll, jest } from '@jest/globals'
import { agentsTable } from './agents-table.ts'
import { allocation } from './allocation.ts'
import { anomalies } from './anomalies.ts'
import { billing } from './billing.ts'
import { billedAmount } from './billed-amount.ts'
import { budgetsAndChannels } from './budgets-channels.ts'
import { clientsView } from './clients-view.ts'
import { demoData } from './demo-data.ts'
import { developers } from './developers.ts'
import { everyPage } from './every-page.ts'
import { exports } from './exports.ts'
import { firstEvent } from './first-event.ts'
import { fleet } from './fleet.ts'
import { fullyLoaded } from './fully-loaded.ts'
import { keyboard } from './keyboard.ts'
import { limited } from './limited.ts'
import { links } from './links.ts'
import { monthClose } from './month-close.ts'
import { projects } from './projects.ts'
import { provider } from './provider.ts'
import { pageRoles } from './page-roles.ts'
import { reports } from './reports.ts'
import { reconciliation } from './reconciliation.ts'
import { planning } from './planning.ts'
import { printed } from './printed.ts'
import { searching } from './searching.ts'
import { settings } from './settings.ts'
import { signingIn } from './signing-in.ts'
import { spend } from './spend.ts'
import { sum } from './sum.ts'
import { taskChain } from './task-chain.ts'
import { transparency } from './transparency.ts'
import { why } from './why.ts'
import { closeWorld, openWorld } from './world.ts'

/*
 * The portal in a real Chromium on the real product. One file, because Jest would start another product and another
 * browser for a second one; each topic has a module of its own.
 */
jest.setTimeout(300_000)

beforeAll(openWorld)
afterAll(closeWorld)

signingIn()
provider()
agentsTable()
spend()
taskChain()
firstEvent()
developers()
demoData()
billedAmount()
clientsView()
transparency()
allocation()
fullyLoaded()
fleet()
projects()
reconciliation()
anomalies()
why()
sum()
budgetsAndChannels()
billing()
planning()
printed()
keyboard()
links()
settings()
limited()
searching()
exports()
reports()
monthClose()
pageRoles()
everyPage()
