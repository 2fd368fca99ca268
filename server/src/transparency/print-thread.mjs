// Begins the thread that prints: TypeScript is read by tsx there, whatever reads it here.
import { register } from 'tsx/esm/api'

register()
await import(import.meta.resolve('@outlay/workers/reports/print-thread'))
