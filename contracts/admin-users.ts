import { Type } from 'typebox'
import { route } from './route.ts'
import {
  AccountStatus,
  AlertsAccount,
  AuditEntry,
  ManagedUser,
  NumericId,
  PageInfo,
  PageQuery,
  Role,
  boundedText,
} from './schemas/account.ts'

const ById = Type.Object({ id: NumericId })
const Done = Type.Object({ success: Type.Literal(true), message: Type.String() })

// --- document 2 --------------------------------------------------------------------------------------------------

export const alertsListUsers = route({
  id: 'admin.alerts.users',
  method: 'GET',
  path: '/api/admin/users',
  family: 'plain',
  access: 'admin',
  summary: 'Every account (document 2)',
  result: Type.Array(AlertsAccount),
})

export const alertsGetUser = route({
  id: 'admin.alerts.users.get',
  method: 'GET',
  path: '/api/admin/users/:id',
  family: 'plain',
  access: 'admin',
  summary: 'One account with its subscriptions (document 2)',
  params: ById,
  result: Type.Object({
    account: AlertsAccount,
    subscriptions: Type.Array(
      Type.Object({
        id: Type.Integer(),
        user_id: Type.Integer(),
        board: Type.String(),
        sub_type: Type.String(),
        value: Type.String(),
        enabled: Type.Boolean(),
        created_at: Type.String(),
        updated_at: Type.String(),
      }),
    ),
  }),
})

export const alertsUpdateUser = route({
  id: 'admin.alerts.users.update',
  method: 'PUT',
  path: '/api/admin/users/:id',
  family: 'plain',
  access: 'admin',
  summary: 'Set the role of an account and whether it is enabled (document 2)',
  params: ById,
  body: Type.Object({ role: Role, enabled: Type.Boolean() }),
  result: Done,
})

export const alertsDeleteUser = route({
  id: 'admin.alerts.users.delete',
  method: 'DELETE',
  path: '/api/admin/users/:id',
  family: 'plain',
  access: 'admin',
  summary: 'Delete an account with all that is its own (document 2)',
  params: ById,
  result: Done,
})

// --- document 5 --------------------------------------------------------------------------------------------------

export const listUsers = route({
  id: 'admin.users',
  method: 'GET',
  path: '/api/v1/admin/users',
  family: 'meetings',
  access: 'admin',
  summary: 'Accounts, newest last; deleted ones only where asked for (document 5)',
  query: Type.Object({
    ...PageQuery,
    keyword: Type.Optional(boundedText(100)),
    status: Type.Optional(AccountStatus),
  }),
  result: Type.Object({ users: Type.Array(ManagedUser), ...PageInfo }),
  rateLimit: { max: 50, per: 'minute' },
})

export const getUser = route({
  id: 'admin.users.get',
  method: 'GET',
  path: '/api/v1/admin/users/:id',
  family: 'meetings',
  access: 'admin',
  summary: 'One account (document 5)',
  params: ById,
  result: ManagedUser,
  rateLimit: { max: 100, per: 'minute' },
})

export const updateUser = route({
  id: 'admin.users.update',
  method: 'PUT',
  path: '/api/v1/admin/users/:id',
  family: 'meetings',
  access: 'admin',
  summary: 'Change an account (document 5)',
  params: ById,
  body: Type.Object({
    nickname: Type.Optional(boundedText(100)),
    email: Type.Optional(boundedText()),
    status: Type.Optional(AccountStatus),
    role: Type.Optional(Role),
  }),
  result: ManagedUser,
  rateLimit: { max: 50, per: 'minute' },
})

export const deleteUser = route({
  id: 'admin.users.delete',
  method: 'DELETE',
  path: '/api/v1/admin/users/:id',
  family: 'meetings',
  access: 'admin',
  summary: 'Delete an account (document 5)',
  params: ById,
  result: Type.Null(),
  rateLimit: { max: 20, per: 'minute' },
})

export const banUser = route({
  id: 'admin.users.ban',
  method: 'POST',
  path: '/api/v1/admin/users/:id/ban',
  family: 'meetings',
  access: 'admin',
  summary: 'Ban an account, for some hours or until it is lifted (document 5)',
  params: ById,
  body: Type.Object({
    reason: Type.Optional(boundedText(500)),
    /** Hours; a hundred years at most. */
    duration: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 876_000 })),
  }),
  result: Type.Null(),
  rateLimit: { max: 20, per: 'minute' },
})

export const unbanUser = route({
  id: 'admin.users.unban',
  method: 'POST',
  path: '/api/v1/admin/users/:id/unban',
  family: 'meetings',
  access: 'admin',
  summary: 'Lift a ban (document 5)',
  params: ById,
  result: Type.Null(),
  rateLimit: { max: 20, per: 'minute' },
})

// --- our own -----------------------------------------------------------------------------------------------------

export const auditLog = route({
  id: 'admin.audit',
  method: 'GET',
  path: '/api/v1/admin/audit',
  family: 'meetings',
  access: 'admin',
  summary: 'Security events, newest first',
  query: Type.Object({
    ...PageQuery,
    account_id: Type.Optional(NumericId),
    event: Type.Optional(boundedText(64)),
  }),
  result: Type.Object({ entries: Type.Array(AuditEntry), ...PageInfo }),
  rateLimit: { max: 50, per: 'minute' },
})
