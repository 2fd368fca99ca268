import { afterAll, beforeAll, jest } from '@jest/globals'
import { agentsTable } from './agents-table.ts'
import { allocation } from './allocation.ts'
import { anomalies } from './anomalies.ts'
import { billedAmount } from './billed-amount.ts'
import { budgetsAndChannels } from './budgets-channels.ts'
import { clientsView } from './clients-view.ts'
import { developers } from './developers.ts'
import { everyPage } from './every-page.ts'
import { firstEvent } from './first-event.ts'
import { fullyLoaded } from './fully-loaded.ts'
import { keyboard } from './keyboard.ts'
import { monthClose } from './month-close.ts'
import { settings } from './settings.ts'
import { signingIn } from './signing-in.ts'
import { spend } from './spend.ts'
import { sum } from './sum.ts'
import { taskChain } from './task-chain.ts'
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
agentsTable()
spend()
taskChain()
firstEvent()
developers()
billedAmount()
clientsView()
allocation()
fullyLoaded()
anomalies()
why()
sum()
budgetsAndChannels()
keyboard()
settings()
monthClose()
everyPage()
