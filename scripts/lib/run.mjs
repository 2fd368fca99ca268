import { spawn } from 'node:child_process'
import { quietEnvironment, root } from './root.mjs'

/**
 * Runs one program and collects what it says. `inherit` shows the output as it comes.
 * Resolves with `{ code, output }`; it does not throw when the program fails, only the caller knows what that means.
 */
export function run(command, args, { cwd = root, env = {}, inherit = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...quietEnvironment, ...env },
      stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'],
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    // We outlive the program, whatever ends it, to clean up after it; a signal meant for us is passed on.
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const forward = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, forward)
    const settle = (result) => {
      for (const signal of signals) process.off(signal, forward)
      resolve(result)
    }
    child.on('error', (error) => settle({ code: 1, output: `${output}${error.message}\n` }))
    child.on('close', (code, signal) => settle({ code: code ?? 1, output, signal }))
  })
}

/** Runs a package's program from node_modules by its script, which works without a shell on every system. */
export const runNode = (script, args, options) => run(process.execPath, [script, ...args], options)
