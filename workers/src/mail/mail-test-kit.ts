import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'

/** Somebody else's mail server, which takes everything. */
export async function mailServer(): Promise<{ url: string; heard: () => string; close: () => void }> {
  let heard = ''
  const server = net.createServer((socket) => {
    let isData = false
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      const text = chunk.toString()
      heard += text
      if (isData) {
        if (!text.endsWith('\r\n.\r\n')) return
        isData = false
        socket.write('250 taken\r\n')
        return
      }
      for (const line of text.split('\r\n').slice(0, -1)) {
        isData = line === 'DATA'
        socket.write(isData ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `smtp://127.0.0.1:${port}`, heard: () => heard, close: () => server.close() }
}
