import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './server-process.ts'

/** A real Redis of its own, which keeps what it has acknowledged through all its lives on one port. */
export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'outlay-redis-'))
  readonly #port: number
  #process: ChildProcess | null = null

  private constructor(port: number) {
    this.#port = port
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort())
    await server.#launch()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  /** Kills it without warning and starts it again. */
  async crash(): Promise<void> {
    await this.#end()
    await this.#launch()
  }

  async stop(): Promise<void> {
    await this.#end()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #launch(): Promise<void> {
    const program = process.env['REDIS_SERVER_PATH']
    if (!program) throw new Error('REDIS_SERVER_PATH names no redis-server; npm test sets it.')
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction']
    const place = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder]
    this.#process = spawn(program, [...place, ...durable], { stdio: 'ignore' })
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null) throw new Error(`redis-server ended with ${this.#process.exitCode}.`)
      await sleep(20)
    }
  }

  /** Whether it takes connections and has read its log. */
  async #answers(): Promise<boolean> {
    const socket = connect(this.#port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      socket.write('PING\r\n')
      const [answer] = await once(socket, 'data')
      return String(answer).startsWith('+PONG')
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }

  async #end(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
}
