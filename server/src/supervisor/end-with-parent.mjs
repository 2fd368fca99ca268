// Loaded before a child's own code: when the supervisor is gone, however it ended, the child ends too.
process.once('disconnect', () => {
  // The child's own handler of SIGTERM finishes its requests; a child that hangs is not waited for.
  setTimeout(() => process.exit(1), 10_000).unref()
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM')
  else process.exit(0)
})
