import { BlockList, isIP } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '#kernel/fault.ts'
import { envelopes, familyOfPath } from './envelopes/by-family.ts'
import { plainAddress } from './visit.ts'

/** Which addresses may come in. */
export interface IpAllowList {
  allows(address: string): boolean
}

/**
 * An allow-list of addresses and CIDR ranges, IPv4 and IPv6.
 * @throws Fault `config.invalid` for an entry that is neither
 */
export function createIpAllowList(entries: readonly string[]): IpAllowList {
  const list = new BlockList()
  for (const entry of entries) add(list, entry)
  return {
    allows: (address) => {
      // The zone of a link-local address (`fe80::1%eth0`) says through which interface, not who.
      const plain = plainAddress(address.split('%', 1)[0] ?? '')
      const version = isIP(plain)
      return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

function add(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/')
  const version = isIP(address)
  const bits = prefix === undefined ? undefined : Number(prefix)
  const most = version === 4 ? 32 : 128
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(prefix ?? '') && bits <= most)
  if (version === 0 || !isPrefix || rest.length > 0) {
    throw new Fault('invalid', 'config.invalid', `"${entry}" is neither an address nor a range like 10.0.0.0/8`)
  }
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, bits, family)
}

const FORBIDDEN = { status: 403, code: 'E013_FORBIDDEN_IP', message: '此 IP 位址不允許存取' }

/**
 * Lets document 4's routes be used from allowed addresses only, before anything else is looked at: its own paths,
 * unknown ones among them, as the request comes in; register and login, which it shares with documents 1 and 2, once
 * the body shows whose they are.
 */
export function guardWorkspaceRoutes(http: FastifyInstance, allowed: IpAllowList): void {
  const refused = (request: FastifyRequest): boolean => !allowed.allows(request.ip)
  const refuse = (request: FastifyRequest, reply: FastifyReply): void => {
    const words = envelopes.workspace.fail(FORBIDDEN, { requestId: request.id })
    void reply.status(FORBIDDEN.status).header('x-fault', 'workspace.address-refused').send(words)
  }

  http.addHook('onRequest', (request, reply, done) => {
    if (!isWorkspacePath(request) || !refused(request)) return done()
    refuse(request, reply)
  })
  http.addHook('preHandler', (request, reply, done) => {
    const siblings = request.routeOptions.config.mounted ?? []
    if (siblings.length < 2) return done()
    const meant = siblings.find((one) => one.contract.chosenBy?.(request.body))
    if (meant?.contract.family !== 'workspace' || !refused(request)) return done()
    refuse(request, reply)
  })
}

/** Judged by the route found, not by how the path was spelt (`/api/%73chedules`); by the path where none was found. */
function isWorkspacePath(request: FastifyRequest): boolean {
  const { mounted } = request.routeOptions.config
  if (mounted !== undefined) return mounted.every((one) => one.contract.family === 'workspace')
  return familyOfPath(request.url.split('?', 1)[0] ?? '/') === 'workspace'
}
