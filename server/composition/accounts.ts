import multipart from '@fastify/multipart'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createAvatarFiles } from '#adapters/avatars/avatar-files.ts'
import { createComposer } from '#adapters/mail/letters.ts'
import { createMailer } from '#adapters/mail/mailer.ts'
import { createIdentity } from '#domains/identity/identity.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { mountAdminUsers } from '#surfaces/admin-users.ts'
import { mountAlertsAdminUsers, noSubscriptions } from '#surfaces/admin-users-alerts.ts'
import type { SubscriptionsOf } from '#surfaces/admin-users-alerts.ts'
import { mountAssistantAuth } from '#surfaces/auth-assistant.ts'
import { mountMeetingsAuth } from '#surfaces/auth-meetings.ts'
import { mountPlainAuth, nothingBound } from '#surfaces/auth-plain.ts'
import type { BindingsOf } from '#surfaces/auth-plain.ts'
import { mountWorkspaceAuth } from '#surfaces/auth-workspace.ts'
import { createIpAllowList, guardWorkspaceRoutes } from '#surfaces/ip-allow-list.ts'
import type { Mount } from '#surfaces/mount.ts'
import { mountUserDashboard, noCallSessions } from '#surfaces/user-dashboard.ts'
import type { CallSessionsOf } from '#surfaces/user-dashboard.ts'
import { mountAvatars } from '#surfaces/users-avatar.ts'
import { mountUsers } from '#surfaces/users.ts'
import type { Base, Part } from './part.ts'

/** What document 1 and 2 show of an account that other parts keep. */
export interface AccountSources {
  readonly bindingsOf?: BindingsOf
  readonly subscriptionsOf?: SubscriptionsOf
  readonly callSessionsOf?: CallSessionsOf
}

/** The accounts, made before anything is mounted, since mounting needs to authenticate. */
export interface AccountsPart extends Part {
  readonly identity: Identity
  /** Mounts every route of accounts, and the guard of document 4's routes. */
  mount(at: { mount: Mount; http: FastifyInstance }, sources?: AccountSources): void
}

/** Wires accounts: mails by SMTP or into `outbox`, pictures into `avatars`, both in the data directory. */
export function createAccounts(base: Omit<Base, 'mount' | 'http' | 'sockets'>): AccountsPart {
  const { config, log } = base
  const { core, mail } = config
  const outbox = join(core.dataDir, 'outbox')
  const avatars = createAvatarFiles(join(core.dataDir, 'avatars'))
  const identity = createIdentity({
    ...base,
    mailer: createMailer({ smtpUrl: mail.smtpUrl, from: mail.from, outbox, log }),
    compose: createComposer(),
    avatars,
    publicUrl: core.publicUrl,
    timeZone: core.timeZone,
  })
  const allowed = createIpAllowList(core.allowedIps)
  return {
    identity,
    start: () => identity.start(),
    stop: () => identity.stop(),
    notConfigured:
      mail.smtpUrl === undefined ? [`e-mail (CONFAB_SMTP_URL): mails are written to ${outbox} instead of sent`] : [],
    mount: ({ mount, http }, sources = {}) => {
      const { bindingsOf = nothingBound, subscriptionsOf = noSubscriptions, callSessionsOf = noCallSessions } = sources
      // For every route that takes files: pictures here, recordings and media elsewhere.
      http.register(multipart)
      guardWorkspaceRoutes(http, allowed)
      mountPlainAuth(mount, { identity, bindingsOf })
      mountWorkspaceAuth(mount, { identity })
      mountAssistantAuth(mount, { identity })
      mountMeetingsAuth(mount, { identity })
      mountUserDashboard(mount, { identity, callSessionsOf })
      mountUsers(mount, { identity })
      mountAvatars(mount, { identity, openAvatar: (name) => avatars.open(name) })
      mountAdminUsers(mount, { identity })
      mountAlertsAdminUsers(mount, { identity, subscriptionsOf })
    },
  }
}
