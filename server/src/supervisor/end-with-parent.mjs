// Loaded before a child's own code: when the supervisor is gone, however it ended, the child ends too.
import { Worker } from 'node:worker_threads'

process.once('disconnect', () => {
  // Node 20 can hang in process.exit() waiting for the module loader's thread, and nobody is left to notice: once everything that
  // wanted to finish has finished, the process ends itself for good.
  process.on('exit', () => process.kill(process.pid, 'SIGKILL'))
  // The child's own handler of SIGTERM finishes its requests; a child that hangs is not waited for.
  setTimeout(() => process.exit(1), 10_000).unref()
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM')
  else process.exit(0)
})

// The main thread can hang in the same wait while it still loads modules, and then hears of nothing. This one only watches who the parent is.
const watch = `
const parent = process.ppid
const timer = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(timer)
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 15_000)
}, 1_000)`
if (process.channel !== undefined) new Worker(watch, { eval: true, execArgv: [] }).unref()
